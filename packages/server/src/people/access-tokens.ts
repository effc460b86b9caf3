import { newError, type Role } from "@quillon/contract";
import { OPERATOR, recordAudit } from "../audit/index.ts";
import { type Actor, type Ctx, type OrgCtx, type TeamCtx, type Tx, transaction, type UserCtx } from "../context.ts";
import type { Db } from "../db/open.ts";
import { eachRow } from "../db/pages.ts";
import { recordOfPerson, tokenCreated, tokenRevoked } from "./token-events.ts";
import {
  deleteToken,
  insertToken,
  listSessions,
  listTokens,
  type NewToken,
  type Token,
  type TokenOwner,
} from "./token-queries.ts";
import { newToken } from "./tokens.ts";
import { findUserId, insertTokenUser } from "./user-queries.ts";

export interface TokenRequest {
  description: string;
  /** Undefined: never. */
  expires: Date | undefined;
}

/** A token that is limited to projects, unless `projects` is undefined. */
interface LimitedRequest extends TokenRequest {
  name: string;
  projects: readonly string[] | undefined;
}

export type TokenFilter = "all" | "active" | "expired";

export interface MadeToken {
  id: string;
  /** The token itself. It is not stored and can't be shown again. */
  value: string;
}

/** Makes a token that can do what the caller can do. @throws invalid_input, token_exists */
export function createPersonalToken(ctx: UserCtx, request: TokenRequest): Promise<MadeToken> {
  return transaction(ctx, async (tx) => {
    const { userId, login } = tx.actor;
    const made = await store(tx, { ...request, userId });
    await recordOfPerson(tx, userId, tokenCreated({ ...request, id: made.id, of: login }));
    return made;
  });
}

/**
 * Makes a token for a person whom nobody has signed in as: for an operator.
 *
 * @returns the token, or undefined when there is no such person. An organization's or a team's token is no person.
 */
export async function issueToken(db: Db, login: string): Promise<string | undefined> {
  return transaction({ db, ...OPERATOR }, async (tx) => {
    const userId = login.includes(":") ? undefined : await findUserId(tx.db, login);
    if (!userId) return undefined;
    const token = newToken();
    const description = "made by an operator";
    const id = await insertToken(tx.db, { userId, token, description, expires: undefined });
    await recordOfPerson(tx, userId, tokenCreated({ id, of: login, description }));
    return token;
  });
}

/** Makes a token of the organization. @throws invalid_input, token_exists */
export function createOrgToken(ctx: OrgCtx, request: LimitedRequest & { role: Role }): Promise<MadeToken> {
  const { role, projects } = request;
  if (projects && role !== "member") throw newError("invalid_input", { problem: "limited_role", role });
  return transaction(ctx, async (tx) => {
    const { db, org, actor } = tx;
    const login = `${org.name}:${request.name}`;
    const userId = await insertTokenUser(db, { login, name: request.name, maker: actor.userId });
    const made = await store(tx, { ...request, userId, owner: { organizationId: org.id }, createdBy: actor.userId });
    await recordAudit(tx, tokenCreated({ ...request, id: made.id, of: "the organization" }));
    return made;
  });
}

/** Makes a token of the team. @throws invalid_input, token_exists */
export function createTeamToken(ctx: TeamCtx, request: LimitedRequest): Promise<MadeToken> {
  return transaction(ctx, async (tx) => {
    const { db, org, team, actor } = tx;
    const login = `${org.name}:${team.name}:${request.name}`;
    const userId = await insertTokenUser(db, { login, name: request.name, maker: actor.userId });
    const owner = { organizationId: org.id, teamId: team.id };
    const made = await store(tx, { ...request, userId, owner, role: "member", createdBy: actor.userId });
    await recordAudit(tx, tokenCreated({ ...request, id: made.id, of: `team ${team.name}` }));
    return made;
  });
}

async function store({ db, actor }: UserCtx, request: Omit<NewToken, "token">): Promise<MadeToken> {
  const { name = "", expires } = request;
  requireOwnLifetime(actor, expires);
  if (expires && expires.getTime() <= Date.now()) throw newError("invalid_input", { problem: "expiry_past" });
  const value = newToken();
  const id = await insertToken(db, { ...request, token: value });
  if (!id) throw newError("token_exists", { name });
  return { id, value };
}

/**
 * A token that expires can't make one that lives longer: whoever gets hold of it could otherwise keep their access.
 *
 * @throws invalid_input
 */
export function requireOwnLifetime({ tokenExpires }: Actor, expires?: Date): void {
  if (!tokenExpires || (expires && expires <= tokenExpires)) return;
  throw newError("invalid_input", { problem: "expiry_beyond_own", until: tokenExpires.toISOString() });
}

/** The owner's tokens, oldest first, without their values. */
export function readTokens(
  { db }: Ctx,
  { owner, filter }: { owner: TokenOwner; filter: TokenFilter },
): AsyncGenerator<Token> {
  const expired = filter === "all" ? undefined : filter === "expired";
  return eachRow(({ last, limit }) => listTokens(db, { owner, expired, after: last, limit }));
}

/**
 * Deletes a token and the sessions that were made from it, so that they are refused from now on.
 *
 * @returns the ids of all that are not valid any more.
 * @throws token_not_found
 */
export async function revokeToken(
  tx: Tx<UserCtx>,
  { owner, id }: { owner: TokenOwner; id: string },
): Promise<string[]> {
  const sessions = await listSessions(tx.db, id);
  const token = await deleteToken(tx.db, owner, id);
  if (!token) throw newError("token_not_found", { id });
  if ("userId" in owner) await recordOfPerson(tx, owner.userId, tokenRevoked({ ...token, of: tx.actor.login }));
  else {
    const of = "teamId" in owner ? `team ${token.team}` : "the organization";
    await recordAudit({ ...tx, org: { id: owner.organizationId } }, tokenRevoked({ ...token, of }));
  }
  return [id, ...sessions];
}
