export { listDeletedStacks } from "./deleted.ts";
export { expireDeleted, forgetDeleted, keepDeleted, lockDeleted, reinsertStack } from "./deleted-queries.ts";
export { readPlace, requireBackend, requireHeld } from "./elsewhere.ts";
export { type Elsewhere, findElsewhere, findNamed } from "./elsewhere-queries.ts";
export {
  findPermissions,
  findStack,
  keepStack,
  listReadableIfFew,
  listReadableUnlessAll,
  requireProject,
} from "./find.ts";
export { listGrants, setGrant } from "./grant.ts";
export { type Grant, hasGrant, listTeamsOf } from "./grant-queries.ts";
export {
  advanceVersion,
  type LockedStack,
  lockStack,
  lockStacks,
  releaseLease,
  releaseLeases,
  takeLease,
} from "./lease-queries.ts";
export { listElsewhere } from "./list-elsewhere.ts";
export { listReadableStacks, type StackFilter } from "./list-queries.ts";
export { readsAll, requireWithin } from "./permission.ts";
export { nameInOrg, qualifiedName } from "./qualified-name.ts";
export { deleteStackRow, insertStack, readDataKey, readStack, setStackName } from "./queries.ts";
export { selectReadable } from "./readable-queries.ts";
export { copyKeys, keepKey } from "./removed-key-queries.ts";
export { readRemovedKeys } from "./removed-keys.ts";
export {
  forgetRemoved,
  keepRemoved,
  listUnfinished,
  selectReadableOrRemoved,
  setFinished,
  stacksAndRemoved,
} from "./removed-queries.ts";
export { listRenaming, type Renaming, readRenamed, setRenaming } from "./renaming-queries.ts";
export { removeTag, replaceTags, setTag } from "./tags.ts";
