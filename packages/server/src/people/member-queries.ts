import type { Role } from "@quillon/contract";
import { type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";

export interface Member {
  userId: string;
  login: string;
  name: string;
  role: Role;
  created: Date;
}

/** @returns false when the user already was a member. */
export async function insertMember(
  db: Db,
  member: { organizationId: string; userId: string; role: Role },
): Promise<boolean> {
  const inserted = await db
    .insertInto("members")
    .values({ organization_id: member.organizationId, user_id: member.userId, role: member.role })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

function selectMembers(db: Db, organizationId: string) {
  return db
    .selectFrom("members")
    .innerJoin("users", "users.id", "members.user_id")
    .where("members.organization_id", "=", organizationId)
    .select(["users.id as userId", "users.login", "users.name", "members.role", "members.created_at as created"]);
}

/** The members whose login comes after `after`, in the order of the logins' bytes. */
export async function listMembers(
  db: Db,
  page: { organizationId: string; search: string; after: string; limit: number },
): Promise<Member[]> {
  const login = sql<string>`users.login collate "C"`;
  return selectMembers(db, page.organizationId)
    .where(login, ">", page.after)
    .$if(page.search !== "", (query) =>
      query.where(sql<SqlBool>`position(lower(${page.search}) in lower(users.login || ' ' || users.name)) > 0`),
    )
    .orderBy(login)
    .limit(page.limit)
    .execute();
}

export async function findMember(db: Db, organizationId: string, login: string): Promise<Member | undefined> {
  return selectMembers(db, organizationId).where("users.login", "=", login).executeTakeFirst();
}

/** The role of a user, who may stand for a token of the organization. @returns undefined when they have none there any more. */
export async function findRole(db: Db, organizationId: string, userId: string): Promise<Role | undefined> {
  const { rows } = await sql<{ role: Role }>`
    select role from members where organization_id = ${organizationId} and user_id = ${userId}
    union all select role from tokens where organization_id = ${organizationId} and user_id = ${userId}`.execute(db);
  return rows[0]?.role;
}

/** Locks the organization's admins until the transaction ends. @returns their user ids. */
export async function lockAdmins(db: Db, organizationId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("members")
    .where("organization_id", "=", organizationId)
    .where("role", "=", "admin")
    .orderBy("user_id")
    .select("user_id as userId")
    .forUpdate()
    .execute();
  return rows.map(({ userId }) => userId);
}

export async function setRole(
  db: Db,
  { organizationId, userId, role }: { organizationId: string; userId: string; role: Role },
): Promise<void> {
  await db
    .updateTable("members")
    .set({ role })
    .where("organization_id", "=", organizationId)
    .where("user_id", "=", userId)
    .execute();
}

/** The database removes the member from the organization's teams too. */
export async function deleteMember(db: Db, organizationId: string, userId: string): Promise<void> {
  await db.deleteFrom("members").where("organization_id", "=", organizationId).where("user_id", "=", userId).execute();
}
