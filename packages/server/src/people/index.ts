export { lacking } from "./access.ts";
export { addUser } from "./add-user.ts";
export {
  ensureUser,
  findActor,
  findMembership,
  findUser,
  hasUsers,
  insertMember,
  insertOrganization,
  insertToken,
  listOrganizations,
} from "./queries.ts";
export { hashToken, newToken } from "./tokens.ts";
