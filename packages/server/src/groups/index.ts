export { checkAccountRule, listGroupAccounts } from "./accounts.ts";
export { editGroup, type GroupEdit, type SeenChanges } from "./edit.ts";
export type { TellOfGroup } from "./edit-ctx.ts";
export type { StackName } from "./edit-members.ts";
export type { PackReference, SentConfig } from "./edit-packs.ts";
export { updateFollowers } from "./follow.ts";
export { createGroup, type GroupRequest, removeGroup } from "./group.ts";
export { listMatches } from "./matches.ts";
export { listMembers } from "./members.ts";
export { type Membership, type MembershipRule, membershipOf } from "./membership.ts";
export {
  listAppliers,
  listEnabledPacks,
  listEnabledVersions,
  listEnabling,
  listGroupsEnabling,
  listVersionsInUse,
} from "./pack-queries.ts";
export { sumPlaceCounts } from "./place-queries.ts";
export { type Place, readPlaces } from "./places.ts";
export { findGroups, insertGroup, listGroupCounts } from "./queries.ts";
export { type Group, type GroupSummary, listGroups, readWholeGroup } from "./read.ts";
export { type Spellings, spellingsOf } from "./rule-text.ts";
