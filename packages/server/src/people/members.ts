import { newError, type Role } from "@quillon/contract";
import { type OrgCtx, transaction } from "../context.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import {
  deleteMember,
  findMember,
  findUserId,
  insertMember,
  listMembers,
  lockAdmins,
  type Member,
  setRole,
} from "./queries.ts";

const PAGE = 100;

/**
 * One page of the members by login.
 *
 * @returns the page, and the token of the next one if there is one.
 * @throws invalid_input for a token that was not given out.
 */
export async function readMembers(
  { db, org }: OrgCtx,
  token?: string,
): Promise<{ members: Member[]; continuationToken: string | undefined }> {
  const [after = ""] = readCursor(token, 1) ?? [];
  const rows = await listMembers(db, org.id, { after, limit: PAGE + 1 });
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  return { members: rows.slice(0, PAGE), continuationToken: last && writeCursor([last.login]) };
}

/** @throws user_not_found, user_exists */
export async function addMember({ db, org }: OrgCtx, login: string, role: Role): Promise<Member> {
  const userId = await findUserId(db, login);
  if (!userId) throw newError("user_not_found", { login });
  const added = await insertMember(db, { organization_id: org.id, user_id: userId, role });
  const member = await findMember(db, org.id, login);
  if (!added || !member) throw newError("user_exists", { login, organization: org.name });
  return member;
}

/** @throws member_not_found, last_admin */
export function changeRole(ctx: OrgCtx, login: string, role: Role): Promise<void> {
  return transaction(ctx, async (tx) => {
    const member = await requireReplaceable(tx, login, role);
    await setRole(tx.db, tx.org.id, member.userId, role);
  });
}

/** Takes a member out of the organization and of its teams. @throws member_not_found, last_admin */
export function removeMember(ctx: OrgCtx, login: string): Promise<void> {
  return transaction(ctx, async (tx) => {
    const member = await requireReplaceable(tx, login, undefined);
    await deleteMember(tx.db, tx.org.id, member.userId);
  });
}

/**
 * The member, if the organization still has an admin once they have that role, or none. The admins are locked, so that
 * two requests can't each remove what they take for the last admin but one.
 */
async function requireReplaceable({ db, org }: OrgCtx, login: string, role: Role | undefined): Promise<Member> {
  const admins = await lockAdmins(db, org.id);
  const member = await findMember(db, org.id, login);
  if (!member) throw newError("member_not_found", { login, organization: org.name });
  const others = admins.filter((id) => id !== member.userId);
  if (role !== "admin" && others.length === 0) throw newError("last_admin", { login, organization: org.name });
  return member;
}
