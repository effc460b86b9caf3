export { createStack } from "./create.ts";
export {
  advanceVersion,
  deleteStackRow,
  findStack,
  lockStack,
  readStack,
  releaseLease,
  setStackName,
  setTags,
  takeLease,
} from "./queries.ts";
export { describeStack, listStacks, requireProject } from "./read.ts";
export { titleOf } from "./title.ts";
export { unixSeconds } from "./unix-seconds.ts";
