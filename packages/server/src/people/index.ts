export { type CallerRights, covers, hasAccess, type ScopedAccess, strongest } from "./access.ts";
export {
  createOrgToken,
  createPersonalToken,
  createTeamToken,
  issueToken,
  type MadeToken,
  readTokens,
  revokeToken,
  type TokenFilter,
} from "./access-tokens.ts";
export { addUser } from "./add-user.ts";
export { recordFailedSignIn } from "./failed-sign-in.ts";
export { findMember, findRole, insertMember, type Member } from "./member-queries.ts";
export { addMember, changeRole, readMembers, removeMember } from "./members.ts";
export { editOrganization } from "./organization.ts";
export {
  findMembership,
  insertOrganization,
  listOrganizations,
  meantOrganization,
  membershipsOf,
  nextPolicyChange,
  type Organization,
  readOrganization,
} from "./organization-queries.ts";
export { holdRights, holdToken, lockRights } from "./rights-lock.ts";
export { endSession, type Session, startProxySession, startSession } from "./sessions.ts";
export {
  findActor,
  findTokenHolder,
  findTokenHolders,
  insertToken,
  noteUse,
  type Token,
  type TokenOwner,
} from "./token-queries.ts";
export { hashToken, isSessionValue, newToken } from "./tokens.ts";
export { areOnePerson, findLogin, findUserId, hasUsers, insertUser, readUser } from "./user-queries.ts";
