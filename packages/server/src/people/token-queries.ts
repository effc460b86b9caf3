import type { Role } from "@quillon/contract";
import { type SqlBool, sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { hashToken } from "./tokens.ts";

/** Whose a token is. A team's belongs to its organization too. */
export type TokenOwner =
  | { readonly userId: string }
  | { readonly organizationId: string }
  | { readonly organizationId: string; readonly teamId: string };

/** Who shows this token, unless it has expired; `unnoted` when its use was not written down for an hour. */
export async function findActor(
  db: Db,
  token: string,
): Promise<{ actor: Actor; tokenId: string; unnoted: boolean } | undefined> {
  const row = await db
    .selectFrom("tokens")
    .innerJoin("users", "users.id", "tokens.user_id")
    .leftJoin("organizations as org", "org.id", "tokens.organization_id")
    .leftJoin("teams as team", "team.id", "tokens.team_id")
    .where("tokens.hash", "=", hashToken(token))
    .where(sql<SqlBool>`(tokens.expires_at is null or tokens.expires_at > clock_timestamp())`)
    .select([
      "tokens.id as tokenId",
      "tokens.name as tokenName",
      "tokens.role",
      "users.id as userId",
      "users.login",
      "users.name",
      "users.site_admin as siteAdmin",
      "org.id as orgId",
      "org.name as orgName",
      "team.id as teamId",
      "team.name as teamName",
      sql<boolean>`(tokens.last_used_at is null or tokens.last_used_at < clock_timestamp() - interval '1 hour')`.as(
        "unnoted",
      ),
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const { tokenId, unnoted, userId, login, name, siteAdmin, tokenName, role } = row;
  const actor = { userId, login, name, siteAdmin, tokenName };
  if (!row.orgId || !row.orgName || !role) return { actor, tokenId, unnoted };
  const organization = { id: row.orgId, name: row.orgName };
  const team = row.teamId && row.teamName ? { id: row.teamId, name: row.teamName } : undefined;
  return { actor: { ...actor, scope: { organization, role, ...(team && { team }) } }, tokenId, unnoted };
}

/** Writes down that the token was used, once of any number of requests that do so at the same time. */
export async function noteUse(db: Db, tokenId: string): Promise<void> {
  await db
    .updateTable("tokens")
    .set({ last_used_at: sql<Date>`clock_timestamp()` })
    .where("id", "=", tokenId)
    .where(sql<SqlBool>`(last_used_at is null or last_used_at < clock_timestamp() - interval '1 hour')`)
    .execute();
}

/** Stores a person's token that never expires, given by the server itself. */
export async function insertToken(db: Db, userId: string, token: string, description: string): Promise<void> {
  await db
    .insertInto("tokens")
    .values({ user_id: userId, created_by: userId, hash: hashToken(token), description })
    .execute();
}

export interface NewToken {
  userId: string;
  token: string;
  name: string;
  description: string;
  owner: TokenOwner;
  role: Role | null;
  createdBy: string;
  expires: Date | null;
}

/** @returns its id, or undefined when the owner has one of that name. */
export async function insertAccessToken(db: Db, made: NewToken): Promise<string | undefined> {
  const { owner } = made;
  const row = await db
    .insertInto("tokens")
    .values({
      user_id: made.userId,
      hash: hashToken(made.token),
      name: made.name,
      description: made.description,
      organization_id: "organizationId" in owner ? owner.organizationId : null,
      team_id: "teamId" in owner ? owner.teamId : null,
      role: made.role,
      created_by: made.createdBy,
      expires_at: made.expires,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

function ownedBy(owner: TokenOwner) {
  if ("userId" in owner) return sql<SqlBool>`tokens.user_id = ${owner.userId} and tokens.organization_id is null`;
  if ("teamId" in owner) return sql<SqlBool>`tokens.team_id = ${owner.teamId}`;
  return sql<SqlBool>`tokens.organization_id = ${owner.organizationId} and tokens.team_id is null`;
}

/** A token as its owner sees it. */
export interface Token {
  id: string;
  /** Empty for a person's. */
  name: string;
  description: string;
  /** Null for a person's. */
  role: Role | null;
  created: Date;
  expires: Date | null;
  lastUsed: Date | null;
  /** Null for a user who was removed. */
  createdBy: string | null;
}

/** The owner's tokens, the oldest first; `expired` picks those that have expired, or those that have not. */
export async function listTokens(db: Db, owner: TokenOwner, expired?: boolean): Promise<Token[]> {
  const isExpired = sql<SqlBool>`coalesce(tokens.expires_at <= clock_timestamp(), false)`;
  return db
    .selectFrom("tokens")
    .leftJoin("users as maker", "maker.id", "tokens.created_by")
    .where(ownedBy(owner))
    .$if(expired !== undefined, (query) => query.where(isExpired, "=", sql<SqlBool>`${expired}`))
    .orderBy("tokens.created_at")
    .orderBy("tokens.id")
    .select([
      "tokens.id",
      "tokens.name",
      "tokens.description",
      "tokens.role",
      "tokens.created_at as created",
      "tokens.expires_at as expires",
      "tokens.last_used_at as lastUsed",
      "maker.login as createdBy",
    ])
    .execute();
}

/** @returns false when the owner has no such token. */
export async function deleteToken(db: Db, owner: TokenOwner, id: string): Promise<boolean> {
  const deleted = await db.deleteFrom("tokens").where("id", "=", id).where(ownedBy(owner)).executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}
