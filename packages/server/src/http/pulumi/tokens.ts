import type { IncomingHttpHeaders } from "node:http";
import { revokeTokenAndUpdates } from "../../actions/change-rights.ts";
import type { OrgCtx, TeamCtx, UserCtx } from "../../context.ts";
import {
  createOrgToken,
  createPersonalToken,
  createTeamToken,
  type MadeToken,
  readTokens,
  type Token,
  type TokenFilter,
} from "../../people/index.ts";
import { type Handlers, listReply, type RawReply } from "../route.ts";
import { asksForPulumi } from "./clients.ts";
import { roleNames } from "./members.ts";
import { unixSeconds } from "./shapes.ts";

const ofPerson = ({ actor }: UserCtx) => ({ userId: actor.userId });
const ofOrg = ({ org }: OrgCtx) => ({ organizationId: org.id });
const ofTeam = ({ org, team }: TeamCtx) => ({ organizationId: org.id, teamId: team.id });

/** No Pulumi CLI calls these routes. They are those of Pulumi Cloud, for its other clients: https://www.pulumi.com/docs/reference/cloud-rest-api/access-tokens/ */
export const tokenHandlers = {
  "GET /api/user/tokens": async (ctx, { query }) =>
    listOf(readTokens(ctx, { owner: ofPerson(ctx), filter: readFilter(query) })),
  "POST /api/user/tokens": async (ctx, { body }) => madeOf(await createPersonalToken(ctx, requestOf(body))),
  "DELETE /api/user/tokens/{tokenId}": async (ctx, { params }) => {
    await revokeTokenAndUpdates(ctx, { owner: ofPerson(ctx), id: params.tokenId });
    return {};
  },
  "GET /api/orgs/{orgName}/tokens": async (ctx, { query, headers }) =>
    listOf(readTokens(ctx, { owner: ofOrg(ctx), filter: readFilter(query) }), headers),
  "POST /api/orgs/{orgName}/tokens": async (ctx, { body, headers }) => {
    const role = body.admin ? "admin" : (body.roleID ?? "member");
    return madeOf(await createOrgToken(ctx, { ...limitedOf(body), role }), headers, body);
  },
  "DELETE /api/orgs/{orgName}/tokens/{tokenId}": async (ctx, { params }) => {
    await revokeTokenAndUpdates(ctx, { owner: ofOrg(ctx), id: params.tokenId });
    return {};
  },
  "GET /api/orgs/{orgName}/teams/{teamName}/tokens": async (ctx, { query, headers }) =>
    listOf(readTokens(ctx, { owner: ofTeam(ctx), filter: readFilter(query) }), headers),
  "POST /api/orgs/{orgName}/teams/{teamName}/tokens": async (ctx, { body, headers }) =>
    madeOf(await createTeamToken(ctx, limitedOf(body)), headers, body),
  "DELETE /api/orgs/{orgName}/teams/{teamName}/tokens/{tokenId}": async (ctx, { params }) => {
    await revokeTokenAndUpdates(ctx, { owner: ofTeam(ctx), id: params.tokenId });
    return {};
  },
} satisfies Partial<Handlers>;

/** `expires` is in unix seconds, 0 for never. */
function requestOf({ description = "", expires = 0 }: { description?: string; expires?: number }) {
  return { description, expires: expires > 0 ? new Date(expires * 1000) : undefined };
}

function limitedOf({ name, projects, ...body }: Limited & { name: string; description?: string; expires?: number }) {
  return { ...requestOf(body), name, projects: projects && [...new Set(projects)] };
}

/** What a token is limited to. */
interface Limited {
  projects?: string[];
}

function readFilter({ filter }: { filter?: "" | "all" | "active" | "expired" }): TokenFilter {
  return filter || "all";
}

function madeOf({ id, value }: MadeToken, client: IncomingHttpHeaders = {}, { projects }: Limited = {}) {
  return { id, tokenValue: value, ...(projects && !asksForPulumi(client) && { projects: [...new Set(projects)] }) };
}

function listOf(tokens: AsyncGenerator<Token>, client: IncomingHttpHeaders = {}): Promise<RawReply> {
  return listReply("tokens", tokens, ({ id, name, description, role, projects, ...token }) => ({
    id,
    name,
    description,
    created: token.created.toISOString(),
    createdBy: token.createdBy ?? "",
    expires: unixSeconds(token.expires),
    lastUsed: unixSeconds(token.lastUsed),
    admin: role === "admin",
    ...(role && { role: { id: role, name: roleNames[role], defaultIdentifier: role } }),
    ...(projects && !asksForPulumi(client) && { projects }),
  }));
}
