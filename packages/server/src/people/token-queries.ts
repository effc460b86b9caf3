import type { Role } from "@quillon/contract";
import { type SqlBool, sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { prepared } from "../db/prepared.ts";
import { NOW, secondsAgo } from "../db/time.ts";
import { hashToken } from "./tokens.ts";

/** Who owns a token. A team's token belongs to its organization too. */
export type TokenOwner =
  | { readonly userId: string }
  | { readonly organizationId: string }
  | { readonly organizationId: string; readonly teamId: string };

/** Writing down every use of a token would cost a write for each request. */
const NOTED_EVERY_SECONDS = 3600;

function useIsUnnoted() {
  return sql<boolean>`(tokens.last_used_at is null or tokens.last_used_at < ${secondsAgo(NOTED_EVERY_SECONDS)})`;
}

/**
 * Who has this token, unless it has expired.
 *
 * @returns with `unnoted`: whether the use of the token should be written down with `noteUse`.
 */
export async function findActor(db: Db, token: string): Promise<{ actor: Actor; unnoted: boolean } | undefined> {
  const { rows } = await sql<ActorRow>`${prepared} ${selectActors}
    where tokens.hash = ${hashToken(token)} and (tokens.expires_at is null or tokens.expires_at > ${NOW})`.execute(db);
  const [row] = rows;
  return row && { actor: actorOf(row), unnoted: row.unnoted };
}

/** Who had this token, which has expired. */
export async function findExpiredActor(db: Db, token: string): Promise<Actor | undefined> {
  const { rows } = await sql<ActorRow>`${selectActors} where tokens.hash = ${hashToken(token)}`.execute(db);
  return rows[0] && actorOf(rows[0]);
}

/** Who has the token with that id, even if it has expired. */
export async function findTokenHolder(db: Db, tokenId: string): Promise<Actor | undefined> {
  return (await findTokenHolders(db, [tokenId])).get(tokenId);
}

/** The same of many, by the ids of their tokens. */
export async function findTokenHolders(db: Db, tokenIds: readonly string[]): Promise<Map<string, Actor>> {
  const { rows } = await sql<ActorRow>`${selectActors} where tokens.id = any(${[...tokenIds]}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.tokenId, actorOf(row)]));
}

interface ActorRow extends Omit<Actor, "scope" | "sessionExpires" | "signedInByProxy"> {
  signedInByProxy: boolean;
  sessionExpires: Date | null;
  role: Role | null;
  projects: string[] | null;
  orgId: string | null;
  orgName: string | null;
  teamId: string | null;
  teamName: string | null;
  unnoted: boolean;
}

/**
 * Written as text, because each request asks for its caller, and to put the statement together from parts each time takes many times as long.
 *
 * What is made in the console may live as long as what is made with the token that its session was made from.
 */
const selectActors = sql`
  select tokens.id as "tokenId", tokens.name as "tokenName",
    case when tokens.session then origin.expires_at else tokens.expires_at end as "tokenExpires",
    case when tokens.session then tokens.expires_at end as "sessionExpires",
    tokens.session and tokens.session_of is null as "signedInByProxy", tokens.role, tokens.projects,
    users.id as "userId", users.login, users.name, users.site_admin as "siteAdmin",
    org.id as "orgId", org.name as "orgName", team.id as "teamId", team.name as "teamName", ${useIsUnnoted()} as unnoted
  from tokens
  join users on users.id = tokens.user_id
  left join organizations as org on org.id = tokens.organization_id
  left join teams as team on team.id = tokens.team_id
  left join tokens as origin on origin.id = tokens.session_of`;

function actorOf({ orgId, orgName, teamId, teamName, role, projects, ...row }: ActorRow): Actor {
  const { userId, login, name, siteAdmin, tokenId, tokenName, tokenExpires, sessionExpires, signedInByProxy } = row;
  const actor = {
    ...{ userId, login, name, siteAdmin, tokenId, tokenName, tokenExpires },
    ...(sessionExpires && { sessionExpires }),
    ...(signedInByProxy && { signedInByProxy }),
  };
  if (!orgId || !orgName || !role) return actor;
  const organization = { id: orgId, name: orgName };
  const team = teamId && teamName ? { id: teamId, name: teamName } : undefined;
  return { ...actor, scope: { organization, role, ...(team && { team }), ...(projects && { projects }) } };
}

/** Writes down that the token was used. Of requests that do so at the same time only one writes. */
export async function noteUse(db: Db, tokenId: string): Promise<void> {
  await db.updateTable("tokens").set({ last_used_at: NOW }).where("id", "=", tokenId).where(useIsUnnoted()).execute();
}

/** A token to be stored. Without the optional fields it is a person's own and never expires. */
export interface NewToken {
  token: string;
  description: string;
  /** Who acts with it: the person, or the user that stands for an organization's or a team's token. */
  userId: string;
  owner?: TokenOwner;
  name?: string;
  role?: Role | null;
  /** What it is limited to. */
  projects?: readonly string[] | undefined;
  createdBy?: string;
  expires?: Date | undefined;
  /** It is a session of the console, made from the token with this id; null when a reverse proxy has signed the person in. */
  sessionOf?: string | null;
}

/** @returns its id, or undefined when the owner has a token of that name. */
export async function insertToken(db: Db, made: NewToken): Promise<string | undefined> {
  const { userId, owner = { userId }, createdBy = userId } = made;
  const row = await db
    .insertInto("tokens")
    .values({
      user_id: userId,
      hash: hashToken(made.token),
      name: made.name ?? "",
      description: made.description,
      organization_id: "organizationId" in owner ? owner.organizationId : null,
      team_id: "teamId" in owner ? owner.teamId : null,
      role: made.role ?? null,
      projects: made.projects ? sql<string[]>`${[...made.projects]}::text[]` : null,
      created_by: createdBy,
      expires_at: made.expires ?? null,
      session: made.sessionOf !== undefined,
      session_of: made.sessionOf ?? null,
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
  /** Empty for a person's token. */
  name: string;
  description: string;
  /** Null for a person's token. */
  role: Role | null;
  /** What it is limited to; null when it is not. */
  projects: string[] | null;
  created: Date;
  /** To the microsecond, which a Date does not have. */
  createdExactly: string;
  expires: Date | null;
  lastUsed: Date | null;
  /** The login; null for a user who was removed. */
  createdBy: string | null;
}

/**
 * Some of the owner's tokens, oldest first.
 *
 * @param wanted.expired only those that have expired, or only those that have not; all of them when it is left out.
 * @param wanted.after the last one of the page before.
 */
export async function listTokens(
  db: Db,
  {
    owner,
    expired,
    after,
    limit,
  }: { owner: TokenOwner; expired?: boolean | undefined; after?: Token | undefined; limit: number },
): Promise<Token[]> {
  const isExpired = sql<SqlBool>`coalesce(tokens.expires_at <= ${NOW}, false)`;
  return db
    .selectFrom("tokens")
    .leftJoin("users as maker", "maker.id", "tokens.created_by")
    .where(ownedBy(owner))
    .$if(expired !== undefined, (query) => query.where(isExpired, "=", sql<SqlBool>`${expired}`))
    .$if(after !== undefined, (query) =>
      query.where(
        sql<SqlBool>`(tokens.created_at, tokens.id) > (${after?.createdExactly}::timestamptz, ${after?.id}::uuid)`,
      ),
    )
    .orderBy("tokens.created_at")
    .orderBy("tokens.id")
    .limit(limit)
    .select([
      "tokens.id",
      "tokens.name",
      "tokens.description",
      "tokens.role",
      "tokens.projects",
      "tokens.created_at as created",
      sql<string>`tokens.created_at::text`.as("createdExactly"),
      "tokens.expires_at as expires",
      "tokens.last_used_at as lastUsed",
      "maker.login as createdBy",
    ])
    .execute();
}

/** Removes the person's sessions of the console that have ended. */
export async function deleteEndedSessions(db: Db, userId: string): Promise<void> {
  await db
    .deleteFrom("tokens")
    .where("user_id", "=", userId)
    .where("session", "=", true)
    .where("expires_at", "<=", NOW)
    .execute();
}

/** The ids of the sessions of the console that were made from a token. */
export async function listSessions(db: Db, tokenId: string): Promise<string[]> {
  const rows = await db.selectFrom("tokens").where("session_of", "=", tokenId).select("id").execute();
  return rows.map(({ id }) => id);
}

/** @returns what it was, or undefined when the owner has no such token. */
export async function deleteToken(db: Db, owner: TokenOwner, id: string) {
  return db
    .deleteFrom("tokens")
    .where("id", "=", id)
    .where(ownedBy(owner))
    .returning(["id", "name", "description", "role", "projects", "expires_at as expires"])
    .returning(sql<string | null>`(select name from teams where teams.id = tokens.team_id)`.as("team"))
    .executeTakeFirst();
}
