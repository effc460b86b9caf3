import { newError, type Role } from "@quillon/contract";
import type { OrgCtx, Tx } from "../context.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import {
  deleteMember,
  findMember,
  insertMember,
  listMembers,
  lockAdmins,
  type Member,
  setRole,
} from "./member-queries.ts";
import { findUserId } from "./user-queries.ts";

const PAGE = 100;

/**
 * One page of the organization's members, by login.
 *
 * @returns the page, and the token of the next one if there is one.
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readMembers(
  { db, org }: OrgCtx,
  continuationToken?: string,
): Promise<{ members: Member[]; continuationToken: string | undefined }> {
  const [after = ""] = readCursor(continuationToken, 1) ?? [];
  const rows = await listMembers(db, { organizationId: org.id, after, limit: PAGE + 1 });
  const members = rows.slice(0, PAGE);
  const last = rows.length > PAGE ? members.at(-1) : undefined;
  return { members, continuationToken: last && writeCursor([last.login]) };
}

/** Adds a user of this server to the organization. @throws user_not_found, user_exists */
export async function addMember({ db, org }: OrgCtx, { login, role }: { login: string; role: Role }): Promise<Member> {
  const userId = await findUserId(db, login);
  if (!userId) throw newError("user_not_found", { login });
  const added = await insertMember(db, { organizationId: org.id, userId, role });
  const member = await findMember(db, org.id, login);
  if (!added || !member) throw newError("user_exists", { login, organization: org.name });
  return member;
}

/** @throws member_not_found, last_admin */
export async function changeRole(tx: Tx<OrgCtx>, { login, role }: { login: string; role: Role }): Promise<void> {
  const { userId } = await requireReplaceable(tx, { login, role });
  await setRole(tx.db, { organizationId: tx.org.id, userId, role });
}

/** Removes a member from the organization and from its teams. @throws member_not_found, last_admin */
export async function removeMember(tx: Tx<OrgCtx>, login: string): Promise<void> {
  const { userId } = await requireReplaceable(tx, { login, role: undefined });
  await deleteMember(tx.db, tx.org.id, userId);
}

/**
 * The member, if the organization still has an admin once the member has the new role, or none. The admins are locked:
 * otherwise two requests at the same time could each remove one of the last two.
 *
 * @throws member_not_found, last_admin
 */
async function requireReplaceable(
  { db, org }: Tx<OrgCtx>,
  { login, role }: { login: string; role: Role | undefined },
): Promise<Member> {
  const admins = await lockAdmins(db, org.id);
  const member = await findMember(db, org.id, login);
  if (!member) throw newError("member_not_found", { login, organization: org.name });
  const others = admins.filter((id) => id !== member.userId);
  if (role !== "admin" && others.length === 0) throw newError("last_admin", { login, organization: org.name });
  return member;
}
