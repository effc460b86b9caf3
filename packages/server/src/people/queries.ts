import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import type { Role } from "../db/schema.ts";
import { hashToken } from "./tokens.ts";

export async function findActor(db: Db, token: string): Promise<Actor | undefined> {
  const row = await db
    .selectFrom("tokens")
    .innerJoin("users", "users.id", "tokens.user_id")
    .where("tokens.hash", "=", hashToken(token))
    .select(["users.id", "users.login"])
    .executeTakeFirst();
  return row && { userId: row.id, login: row.login };
}

export async function findUser(db: Db, userId: string) {
  return db
    .selectFrom("users")
    .where("id", "=", userId)
    .select(["id", "login", "name", "email"])
    .executeTakeFirstOrThrow();
}

/** The user's organizations, the one joined first in front. */
export async function listOrganizations(db: Db, userId: string): Promise<{ id: string; name: string; role: Role }[]> {
  return db
    .selectFrom("members")
    .innerJoin("organizations", "organizations.id", "members.organization_id")
    .where("members.user_id", "=", userId)
    .orderBy("members.created_at")
    .orderBy("organizations.name")
    .select(["organizations.id", "organizations.name", "members.role"])
    .execute();
}

export async function findMembership(db: Db, userId: string, organization: string) {
  return db
    .selectFrom("members")
    .innerJoin("organizations", "organizations.id", "members.organization_id")
    .where("members.user_id", "=", userId)
    .where("organizations.name", "=", organization)
    .select(["organizations.id", "organizations.name", "members.role"])
    .executeTakeFirst();
}

/** The user of that login, made when there is none. */
export async function ensureUser(db: Db, login: string, name: string): Promise<string> {
  await db
    .insertInto("users")
    .values({ login, name })
    .onConflict((conflict) => conflict.column("login").doNothing())
    .execute();
  const { id } = await db.selectFrom("users").where("login", "=", login).select("id").executeTakeFirstOrThrow();
  return id;
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

export async function insertToken(db: Db, userId: string, token: string, description: string): Promise<void> {
  await db
    .insertInto("tokens")
    .values({ user_id: userId, hash: hashToken(token), description })
    .execute();
}

export async function insertOrganization(db: Db, name: string): Promise<string> {
  const { id } = await db.insertInto("organizations").values({ name }).returning("id").executeTakeFirstOrThrow();
  return id;
}

export async function hasUsers(db: Db): Promise<boolean> {
  return (await db.selectFrom("users").select("id").limit(1).executeTakeFirst()) !== undefined;
}
