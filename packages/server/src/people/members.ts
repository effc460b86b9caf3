import { newError, type Role } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, type Tx, transaction } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";
import { writeJson } from "../json/write.ts";
import {
  deleteMember,
  findMember,
  insertMember,
  listMembers,
  lockAdmins,
  type Member,
  setRole,
} from "./member-queries.ts";
import { findUserId, isMadeByOthers } from "./user-queries.ts";

const PAGE = 100;

/**
 * One page of the organization's members, by login.
 *
 * @param page.search a part of the login or the name.
 * @returns the page, and the token of the next one if there is one.
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readMembers(
  { db, org }: OrgCtx,
  { continuationToken, search = "" }: { continuationToken?: string | undefined; search?: string | undefined } = {},
): Promise<{ members: Member[]; continuationToken: string | undefined }> {
  const [after = ""] = readCursor(continuationToken, 1) ?? [];
  const rows = await listMembers(db, { organizationId: org.id, search, after, limit: PAGE + 1 });
  const { page: members, ...next } = pageOf(rows, PAGE, ({ login }) => [login]);
  return { members, ...next };
}

/** Adds a user of this server to the organization. @throws user_not_found, user_of_others, user_exists */
export function addMember(ctx: OrgCtx, { login, role }: { login: string; role: Role }): Promise<Member> {
  return transaction(ctx, async (tx) => {
    const { db, org } = tx;
    const userId = await findUserId(db, login);
    if (!userId) throw newError("user_not_found", { login });
    await requireKnownMaker(tx, { userId, login });
    const added = await insertMember(db, { organizationId: org.id, userId, role });
    const member = await findMember(db, org.id, login);
    if (!added || !member) throw newError("user_exists", { login, organization: org.name });
    await recordAudit(tx, memberAdded(login, role));
    return member;
  });
}

/**
 * Whoever has made a user was given their first access token, and may act as them wherever they are a member.
 *
 * @throws user_of_others
 */
async function requireKnownMaker(
  { db, org, actor }: Tx<OrgCtx>,
  { userId, login }: { userId: string; login: string },
): Promise<void> {
  if (actor.siteAdmin && !actor.scope) return;
  if (await isMadeByOthers(db, { userId, organizationId: org.id, callerId: actor.userId }))
    throw newError("user_of_others", { login, organization: org.name });
}

export function memberAdded(login: string, role: Role) {
  return {
    event: "Member Added",
    description: `Member ${login}, as ${role}`,
    after: writeJson({ login, role }),
  } as const;
}

/** @throws member_not_found, last_admin */
export async function changeRole(tx: Tx<OrgCtx>, { login, role }: { login: string; role: Role }): Promise<void> {
  const { userId, role: before } = await requireReplaceable(tx, { login, role });
  await setRole(tx.db, { organizationId: tx.org.id, userId, role });
  if (role === before) return;
  await recordAudit(tx, {
    event: "Member Role Changed",
    description: `Member ${login}, from ${before} to ${role}`,
    before: writeJson({ login, role: before }),
    after: writeJson({ login, role }),
  });
}

/** Removes a member from the organization and from its teams. @throws member_not_found, last_admin */
export async function removeMember(tx: Tx<OrgCtx>, login: string): Promise<void> {
  const { userId, role } = await requireReplaceable(tx, { login, role: undefined });
  await deleteMember(tx.db, tx.org.id, userId);
  await recordAudit(tx, {
    event: "Member Removed",
    description: `Member ${login}, who was ${role}`,
    before: writeJson({ login, role }),
  });
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
