import { newError, type Role } from "@quillon/contract";
import { type Ctx, type OrgCtx, type TeamCtx, transaction, type UserCtx } from "../context.ts";
import type { Db } from "../db/open.ts";
import { ensureUser } from "./queries.ts";
import { deleteToken, insertAccessToken, listTokens, type Token, type TokenOwner } from "./token-queries.ts";
import { newToken } from "./tokens.ts";

export interface TokenRequest {
  description: string;
  /** Undefined: never. */
  expires: Date | undefined;
}

export type TokenFilter = "all" | "active" | "expired";

export interface MadeToken {
  id: string;
  /** The token itself. It is not stored and can't be shown again. */
  value: string;
}

/** Makes a token that can do what its owner can. @throws invalid_input when its expiry is in the past. */
export async function createPersonalToken({ db, actor }: UserCtx, request: TokenRequest): Promise<MadeToken> {
  const { userId } = actor;
  return store(db, { ...request, name: "", userId, owner: { userId }, role: null, createdBy: userId });
}

/** Makes a token of the organization. @throws token_exists; invalid_input when its expiry is in the past. */
export function createOrgToken(ctx: OrgCtx, request: TokenRequest & { name: string; role: Role }): Promise<MadeToken> {
  return transaction(ctx, async ({ db, org, actor }) => {
    const userId = await ensureUser(db, `${org.name}:${request.name}`, request.name);
    return store(db, { ...request, userId, owner: { organizationId: org.id }, createdBy: actor.userId });
  });
}

/** Makes a token of the team. @throws token_exists; invalid_input when its expiry is in the past. */
export function createTeamToken(ctx: TeamCtx, request: TokenRequest & { name: string }): Promise<MadeToken> {
  return transaction(ctx, async ({ db, org, team, actor }) => {
    const userId = await ensureUser(db, `${org.name}:${team.name}:${request.name}`, request.name);
    const owner = { organizationId: org.id, teamId: team.id };
    return store(db, { ...request, userId, owner, role: "member", createdBy: actor.userId });
  });
}

type NewToken = TokenRequest & {
  name: string;
  userId: string;
  owner: TokenOwner;
  role: Role | null;
  createdBy: string;
};

async function store(db: Db, { expires, ...request }: NewToken): Promise<MadeToken> {
  if (expires && expires.getTime() <= Date.now()) {
    throw newError("invalid_input", {
      where: "body expires",
      problem: "that moment is over; give unix seconds to come",
    });
  }
  const value = newToken();
  const id = await insertAccessToken(db, { ...request, token: value, expires: expires ?? null });
  if (!id) throw newError("token_exists", { name: request.name });
  return { id, value };
}

/** The owner's tokens, oldest first, without their values. */
export function readTokens({ db }: Ctx, owner: TokenOwner, filter: TokenFilter): Promise<Token[]> {
  return listTokens(db, owner, filter === "all" ? undefined : filter === "expired");
}

/** Deletes a token: from now on it is refused. @throws token_not_found */
export async function revokeToken({ db }: Ctx, owner: TokenOwner, id: string): Promise<void> {
  if (!(await deleteToken(db, owner, id))) throw newError("token_not_found", { id });
}
