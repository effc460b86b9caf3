export { type CallerRights, covers, lacking, strongest } from "./access.ts";
export {
  createOrgToken,
  createPersonalToken,
  createTeamToken,
  type MadeToken,
  readTokens,
  revokeToken,
  type TokenFilter,
} from "./access-tokens.ts";
export { addUser } from "./add-user.ts";
export { addMember, changeRole, readMembers, removeMember } from "./members.ts";
export { editOrganization } from "./organization.ts";
export {
  ensureUser,
  findLogin,
  findMember,
  findMembership,
  findUser,
  hasUsers,
  insertMember,
  insertOrganization,
  insertUser,
  listOrganizations,
  type Member,
  membershipsOf,
  nextPolicyChange,
  type Organization,
  readOrganization,
} from "./queries.ts";
export { findActor, insertToken, noteUse, type Token } from "./token-queries.ts";
export { hashToken, newToken } from "./tokens.ts";
