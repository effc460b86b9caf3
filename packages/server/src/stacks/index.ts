export { findStack, listReadable, requireProject } from "./find.ts";
export { listGrants, setGrant } from "./grant.ts";
export { type Grant, hasGrant } from "./grant-queries.ts";
export { qualifiedName } from "./qualified-name.ts";
export {
  advanceVersion,
  deleteStackRow,
  insertStack,
  lockStack,
  readDataKey,
  readStack,
  releaseLease,
  setStackName,
  setTags,
  takeLease,
} from "./queries.ts";
export { listReadableStacks, type StackFilter } from "./readable-queries.ts";
