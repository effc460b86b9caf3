export { covers, lacking, type Standing, strongest } from "./access.ts";
export {
  createOrgToken,
  createPersonalToken,
  createTeamToken,
  readTokens,
  revokeToken,
} from "./access-tokens.ts";
export { addUser } from "./add-user.ts";
export { addMember, changeRole, readMembers, removeMember } from "./members.ts";
export { describeOrganization, editOrganization } from "./organization.ts";
export {
  ensureUser,
  findMember,
  findMembership,
  findUser,
  hasUsers,
  insertMember,
  insertOrganization,
  insertUser,
  listOrganizations,
} from "./queries.ts";
export { findActor, insertToken, noteUse } from "./token-queries.ts";
export { hashToken, newToken } from "./tokens.ts";
