import { fail } from "@quillon/contract";
import { type OrgCtx, type TeamCtx, transaction, type UserCtx } from "../context.ts";
import type { Role } from "../db/schema.ts";
import { roleNames } from "./members.ts";
import { ensureUser } from "./queries.ts";
import { deleteToken, insertAccessToken, listTokens, type TokenOwner } from "./token-queries.ts";
import { newToken } from "./tokens.ts";

export interface TokenRequest {
  description?: string;
  /** Unix seconds; 0 for never. */
  expires?: number;
}

export type TokenFilter = "" | "all" | "active" | "expired";

/** Makes a token that can do what its owner can. @returns it, to be shown this once. */
export async function createPersonalToken({ db, actor }: UserCtx, request: TokenRequest) {
  const { userId } = actor;
  return store(db, { ...request, name: "", userId, owner: { userId }, role: null, createdBy: userId });
}

/** Makes a token of the organization. @throws token_exists */
export function createOrgToken(ctx: OrgCtx, request: TokenRequest & { name: string; role: Role }) {
  return transaction(ctx, async ({ db, org, actor }) => {
    const userId = await ensureUser(db, `${org.name}:${request.name}`, request.name);
    return store(db, { ...request, userId, owner: { organizationId: org.id }, createdBy: actor.userId });
  });
}

/** Makes a token of the team. @throws token_exists */
export function createTeamToken(ctx: TeamCtx, request: TokenRequest & { name: string }) {
  return transaction(ctx, async ({ db, org, team, actor }) => {
    const userId = await ensureUser(db, `${org.name}:${team.name}:${request.name}`, request.name);
    const owner = { organizationId: org.id, teamId: team.id };
    return store(db, { ...request, userId, owner, role: "member", createdBy: actor.userId });
  });
}

type Storable = TokenRequest & {
  name: string;
  userId: string;
  owner: TokenOwner;
  role: Role | null;
  createdBy: string;
};

async function store(db: UserCtx["db"], { description = "", expires = 0, ...request }: Storable) {
  if (expires > 0 && expires * 1000 <= Date.now()) {
    throw fail("invalid_input", { where: "body expires", problem: "that moment is over; give unix seconds to come" });
  }
  const token = newToken();
  const expiry = expires > 0 ? new Date(expires * 1000) : null;
  const id = await insertAccessToken(db, { ...request, token, description, expires: expiry });
  if (!id) throw fail("token_exists", { name: request.name });
  return { id, tokenValue: token };
}

/** The owner's tokens as the API shows them. */
export async function readTokens(db: UserCtx["db"], owner: TokenOwner, filter: TokenFilter = "") {
  const expired = filter === "expired" ? true : filter === "active" ? false : undefined;
  const rows = await listTokens(db, owner, expired);
  return {
    tokens: rows.map(({ id, name, description, role, ...row }) => ({
      id,
      name,
      description,
      created: row.created.toISOString(),
      createdBy: row.createdBy ?? "",
      expires: seconds(row.expires),
      lastUsed: seconds(row.lastUsed),
      admin: role === "admin",
      ...(role && { role: { id: role, name: roleNames[role], defaultIdentifier: role } }),
    })),
  };
}

function seconds(moment: Date | null): number {
  return moment ? Math.floor(moment.getTime() / 1000) : 0;
}

/** From now on the token is nobody's. @throws token_not_found */
export async function revokeToken(db: UserCtx["db"], owner: TokenOwner, id: string): Promise<void> {
  if (!(await deleteToken(db, owner, id))) throw fail("token_not_found", { id });
}
