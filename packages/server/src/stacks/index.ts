export { findStack, keepStack, listReadable, requireProject } from "./find.ts";
export { listGrants, setGrant } from "./grant.ts";
export { type Grant, hasGrant } from "./grant-queries.ts";
export { advanceVersion, type LockedStack, lockStack, releaseLease, takeLease } from "./lease-queries.ts";
export { qualifiedName } from "./qualified-name.ts";
export { deleteStackRow, insertStack, readDataKey, readStack, setStackName, setTags } from "./queries.ts";
export { listReadableStacks, type StackFilter } from "./readable-queries.ts";
export { removeTag, setTag } from "./tags.ts";
