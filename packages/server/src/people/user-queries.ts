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
  const row = await db.selectFrom("users").where("login", "=", login).select("id").executeTakeFirst();
  return row?.id;
}

export async function findLogin(db: Db, userId: string): Promise<string | undefined> {
  const row = await db.selectFrom("users").where("id", "=", userId).select("login").executeTakeFirst();
  return row?.login;
}

export async function hasUsers(db: Db): Promise<boolean> {
  return (await db.selectFrom("users").select("id").limit(1).executeTakeFirst()) !== undefined;
}

/** @returns its id, or undefined when there is a user with that login. */
export async function insertUser(
  db: Db,
  user: { login: string; name: string; siteAdmin?: boolean },
): Promise<string | undefined> {
  const row = await db
    .insertInto("users")
    .values({ login: user.login, name: user.name, site_admin: user.siteAdmin ?? false })
    .onConflict((conflict) => conflict.column("login").doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

/** Makes the user if there is none with that login. @returns its id. */
export async function ensureUser(db: Db, login: string, name: string): Promise<string> {
  await insertUser(db, { login, name });
  const { id } = await db.selectFrom("users").where("login", "=", login).select("id").executeTakeFirstOrThrow();
  return id;
}
