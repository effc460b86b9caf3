export { createStack } from "./create.ts";
export { permissionOn } from "./permission.ts";
export {
  advanceVersion,
  deleteStackRow,
  findStack,
  isReadable,
  listReadable,
  lockStack,
  readStack,
  releaseLease,
  seatsOf,
  setStackName,
  setTags,
  takeLease,
} from "./queries.ts";
export { describeStack, listStacks, requireProject } from "./read.ts";
export { titleOf } from "./title.ts";
export { unixSeconds } from "./unix-seconds.ts";
