import { fail } from "@quillon/contract";
import { type OrgCtx, transaction } from "../context.ts";
import type { Role } from "../db/schema.ts";
import {
  deleteMember,
  findLogin,
  findMember,
  insertMember,
  listMembers,
  lockAdmins,
  type MemberRow,
  setRole,
} from "./queries.ts";

const PAGE = 100;

export const roleNames: Record<Role, string> = { admin: "Admin", "policy-manager": "Policy manager", member: "Member" };

/** One page of the members by login; the token of the next is there when there is one. */
export async function readMembers({ db, org }: OrgCtx, continuationToken = "") {
  const after = Buffer.from(continuationToken, "base64url").toString().replaceAll("\0", "");
  const rows = await listMembers(db, org.id, { after, limit: PAGE + 1 });
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  return {
    members: rows.slice(0, PAGE).map(describeMember),
    ...(last && { continuationToken: Buffer.from(last.login).toString("base64url") }),
  };
}

/** @throws user_not_found, user_exists */
export async function addMember({ db, org }: OrgCtx, login: string, role: Role) {
  const userId = await findLogin(db, login);
  if (!userId) throw fail("user_not_found", { login });
  const added = await insertMember(db, { organization_id: org.id, user_id: userId, role });
  const member = await findMember(db, org.id, login);
  if (!added || !member) throw fail("user_exists", { login, organization: org.name });
  return describeMember(member);
}

/** @throws member_not_found, last_admin */
export function changeRole(ctx: OrgCtx, login: string, role: Role): Promise<void> {
  return transaction(ctx, async (trx) => {
    const member = await holdMember(trx, login, role);
    await setRole(trx.db, trx.org.id, member.userId, role);
  });
}

/** Takes a member, and with that their teams, from the organization. @throws member_not_found, last_admin */
export function removeMember(ctx: OrgCtx, login: string): Promise<void> {
  return transaction(ctx, async (trx) => {
    const member = await holdMember(trx, login, undefined);
    await deleteMember(trx.db, trx.org.id, member.userId);
  });
}

/** The member, who may be given that role: with the admins held still, the last of them can't go unseen. */
async function holdMember({ db, org }: OrgCtx, login: string, role: Role | undefined): Promise<MemberRow> {
  const admins = await lockAdmins(db, org.id);
  const member = await findMember(db, org.id, login);
  if (!member) throw fail("member_not_found", { login, organization: org.name });
  const others = admins.filter((id) => id !== member.userId);
  if (role !== "admin" && others.length === 0) throw fail("last_admin", { login, organization: org.name });
  return member;
}

function describeMember({ login, name, role, created }: MemberRow) {
  return {
    user: { githubLogin: login, name, avatarUrl: "" },
    role: role === "admin" ? ("admin" as const) : ("member" as const),
    fgaRole: { id: role, name: roleNames[role], modifiedAt: created.toISOString() },
    created: created.toISOString(),
    knownToPulumi: true,
    virtualAdmin: false,
  };
}
