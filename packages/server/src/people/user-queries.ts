import { type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";

export interface User {
  id: string;
  login: string;
  name: string;
  email: string;
}

export async function readUser(db: Db, userId: string): Promise<User> {
  return db
    .selectFrom("users")
    .where("id", "=", userId)
    .select(["id", "login", "name", "email"])
    .executeTakeFirstOrThrow();
}

export async function findUserId(db: Db, login: string): Promise<string | undefined> {
  const row = await db.selectFrom("users").where("login", "=", login).where(isPerson()).select("id").executeTakeFirst();
  return row?.id;
}

export async function findLogin(db: Db, userId: string): Promise<string | undefined> {
  const row = await db.selectFrom("users").where("id", "=", userId).select("login").executeTakeFirst();
  return row?.login;
}

/** The login of a user who stands for a token has a colon. */
function isPerson() {
  return sql<SqlBool>`position(':' in login) = 0`;
}

export async function hasUsers(db: Db): Promise<boolean> {
  return (await db.selectFrom("users").select("id").limit(1).executeTakeFirst()) !== undefined;
}

/**
 * Makes a person.
 *
 * @param user.madeIn the organization whose admin is given their first access token.
 * @returns its id, or undefined when there is one with that login.
 */
export async function insertUser(
  db: Db,
  user: { login: string; name: string; siteAdmin?: boolean; madeIn?: string },
): Promise<string | undefined> {
  const row = await db
    .insertInto("users")
    .values({ login: user.login, name: user.name, site_admin: user.siteAdmin ?? false, made_in: user.madeIn ?? null })
    .onConflict((conflict) => conflict.column("login").where(isPerson()).doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

/** Whether a user was made in another organization, of which the caller is no admin. */
export async function isMadeByOthers(
  db: Db,
  of: { userId: string; organizationId: string; callerId: string },
): Promise<boolean> {
  const row = await db
    .selectFrom("users")
    .where("id", "=", of.userId)
    .where("made_in", "<>", of.organizationId)
    .where(
      sql<SqlBool>`not exists (select from members
        where members.organization_id = users.made_in and members.user_id = ${of.callerId} and members.role = 'admin')`,
    )
    .select("id")
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Makes the user that stands for a token of an organization or a team. It is always a new one, although an earlier token
 * may have had the same name: what the earlier user made or reserved is not this one's.
 *
 * @param user.maker the user who makes the token.
 * @returns its id.
 */
export async function insertTokenUser(db: Db, user: { login: string; name: string; maker: string }): Promise<string> {
  const { login, name, maker } = user;
  const { id } = await db
    .insertInto("users")
    .values({ login, name, made_by: personOf(maker) })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** The person who made the token for which a user stands; a person is themselves. */
function personOf(userId: string) {
  return sql<string>`(select coalesce(made_by, id) from users where id = ${userId})`;
}

/** Whether two users are the same person, who may have made tokens that act for others. */
export async function areOnePerson(db: Db, one: string, other: string): Promise<boolean> {
  const { rows } = await sql<{ same: boolean | null }>`select ${personOf(one)} = ${personOf(other)} as same`.execute(
    db,
  );
  return rows[0]?.same === true;
}
