import type { Role, StackPermission } from "@quillon/contract";
import { sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";

export async function findUser(db: Db, userId: string) {
  return db
    .selectFrom("users")
    .where("id", "=", userId)
    .select(["id", "login", "name", "email"])
    .executeTakeFirstOrThrow();
}

/** @returns the id of the person of that login. */
export async function findUserId(db: Db, login: string): Promise<string | undefined> {
  const row = await db.selectFrom("users").where("login", "=", login).select("id").executeTakeFirst();
  return row?.id;
}

export async function findLogin(db: Db, userId: string): Promise<string | undefined> {
  return (await db.selectFrom("users").where("id", "=", userId).select("login").executeTakeFirst())?.login;
}

/** Where the caller may act, the organization joined first in front: those of a person, or the one of a token. */
export async function listOrganizations(db: Db, { userId, scope }: Actor): Promise<{ name: string }[]> {
  if (scope) return [scope.organization];
  return db
    .selectFrom("members")
    .innerJoin("organizations", "organizations.id", "members.organization_id")
    .where("members.user_id", "=", userId)
    .orderBy("members.created_at")
    .orderBy("organizations.name")
    .select("organizations.name")
    .execute();
}

/** The organization of that name and the caller's role in it. @returns undefined when they have none. */
export async function findMembership(db: Db, { userId, scope }: Actor, organization: string) {
  const found = db
    .selectFrom("organizations as org")
    .where("org.name", "=", organization)
    .select(["org.id", "org.name", "org.default_permission as defaultPermission"]);
  if (scope) {
    const org = await found.where("org.id", "=", scope.organization.id).executeTakeFirst();
    return org && { ...org, role: scope.role };
  }
  return found
    .innerJoin("members", (join) =>
      join.onRef("members.organization_id", "=", "org.id").on("members.user_id", "=", userId),
    )
    .select("members.role")
    .executeTakeFirst();
}

/** The organizations that the caller may act in, and their role there, to be joined as `membership`. */
export function membershipsOf({ userId, scope }: Actor) {
  const memberships = scope
    ? sql`select ${scope.organization.id}::uuid as organization_id, ${scope.role}::text as role`
    : sql`select organization_id, role from members where user_id = ${userId}`;
  return sql<{ organization_id: string; role: Role }>`(${memberships})`.as<"membership">(sql`membership`);
}

/**
 * Counts one more change to the organization's policies. Whatever changes groups, or which versions there are to enable,
 * asks for it first, so such changes of one organization come one after the other.
 */
export async function nextPolicyChange(db: Db, organizationId: string): Promise<string> {
  const { changes } = await db
    .updateTable("organizations")
    .set({ changes: sql<string>`changes + 1` })
    .where("id", "=", organizationId)
    .returning("changes")
    .executeTakeFirstOrThrow();
  return changes;
}

/** @returns undefined when somebody has that login. */
export async function insertUser(
  db: Db,
  user: { login: string; name: string; site_admin?: boolean },
): Promise<string | undefined> {
  const row = await db
    .insertInto("users")
    .values(user)
    .onConflict((conflict) => conflict.column("login").doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

/** The user of that login, made when there is none. */
export async function ensureUser(db: Db, login: string, name: string): Promise<string> {
  await insertUser(db, { login, name });
  const { id } = await db.selectFrom("users").where("login", "=", login).select("id").executeTakeFirstOrThrow();
  return id;
}

export async function hasUsers(db: Db): Promise<boolean> {
  return (await db.selectFrom("users").select("id").limit(1).executeTakeFirst()) !== undefined;
}

/** @returns its id, or undefined when there is an organization of that name. */
export async function insertOrganization(db: Db, name: string): Promise<string | undefined> {
  const row = await db
    .insertInto("organizations")
    .values({ name })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

export interface Organization {
  name: string;
  created: Date;
  /** What its members may do with any stack. */
  defaultPermission: StackPermission;
}

export async function readOrganization(db: Db, id: string): Promise<Organization> {
  return db
    .selectFrom("organizations")
    .where("id", "=", id)
    .select(["name", "default_permission as defaultPermission", "created_at as created"])
    .executeTakeFirstOrThrow();
}

export async function setDefaultPermission(db: Db, id: string, permission: StackPermission): Promise<void> {
  await db.updateTable("organizations").set({ default_permission: permission }).where("id", "=", id).execute();
}

/** @returns false when the user already was a member. */
export async function insertMember(
  db: Db,
  member: { organization_id: string; user_id: string; role: Role },
): Promise<boolean> {
  const inserted = await db
    .insertInto("members")
    .values(member)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

export interface Member {
  userId: string;
  login: string;
  name: string;
  role: Role;
  created: Date;
}

function selectMembers(db: Db, organizationId: string) {
  return db
    .selectFrom("members")
    .innerJoin("users", "users.id", "members.user_id")
    .where("members.organization_id", "=", organizationId)
    .select(["users.id as userId", "users.login", "users.name", "members.role", "members.created_at as created"]);
}

/** Members in the order of their logins, byte by byte, those after `after` only. */
export async function listMembers(
  db: Db,
  organizationId: string,
  page: { after: string; limit: number },
): Promise<Member[]> {
  const login = sql<string>`users.login collate "C"`;
  return selectMembers(db, organizationId).where(login, ">", page.after).orderBy(login).limit(page.limit).execute();
}

export async function findMember(db: Db, organizationId: string, login: string): Promise<Member | undefined> {
  return selectMembers(db, organizationId).where("users.login", "=", login).executeTakeFirst();
}

/** Who administers the organization; none of them can cease to meanwhile, until the transaction ends. */
export async function lockAdmins(db: Db, organizationId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("members")
    .where("organization_id", "=", organizationId)
    .where("role", "=", "admin")
    .orderBy("user_id")
    .select("user_id")
    .forUpdate()
    .execute();
  return rows.map((row) => row.user_id);
}

export async function setRole(db: Db, organizationId: string, userId: string, role: Role): Promise<void> {
  await db
    .updateTable("members")
    .set({ role })
    .where("organization_id", "=", organizationId)
    .where("user_id", "=", userId)
    .execute();
}

export async function deleteMember(db: Db, organizationId: string, userId: string): Promise<void> {
  await db.deleteFrom("members").where("organization_id", "=", organizationId).where("user_id", "=", userId).execute();
}
