import type { OrgCtx, TeamCtx, UserCtx } from "../../context.ts";
import { createOrgToken, createPersonalToken, createTeamToken, readTokens, revokeToken } from "../../people/index.ts";
import type { Handlers } from "../route.ts";

const ofPerson = ({ actor }: UserCtx) => ({ userId: actor.userId });
const ofOrg = ({ org }: OrgCtx) => ({ organizationId: org.id });
const ofTeam = ({ org, team }: TeamCtx) => ({ organizationId: org.id, teamId: team.id });

export const tokenHandlers = {
  "GET /api/user/tokens": (ctx, { query }) => readTokens(ctx.db, ofPerson(ctx), query.filter),
  "POST /api/user/tokens": (ctx, { body }) => createPersonalToken(ctx, body),
  "DELETE /api/user/tokens/{tokenId}": async (ctx, { params }) => {
    await revokeToken(ctx.db, ofPerson(ctx), params.tokenId);
    return {};
  },
  "GET /api/orgs/{orgName}/tokens": (ctx, { query }) => readTokens(ctx.db, ofOrg(ctx), query.filter),
  "POST /api/orgs/{orgName}/tokens": (ctx, { body: { admin, roleID, ...body } }) =>
    createOrgToken(ctx, { ...body, role: admin ? "admin" : (roleID ?? "member") }),
  "DELETE /api/orgs/{orgName}/tokens/{tokenId}": async (ctx, { params }) => {
    await revokeToken(ctx.db, ofOrg(ctx), params.tokenId);
    return {};
  },
  "GET /api/orgs/{orgName}/teams/{teamName}/tokens": (ctx, { query }) => readTokens(ctx.db, ofTeam(ctx), query.filter),
  "POST /api/orgs/{orgName}/teams/{teamName}/tokens": (ctx, { body }) => createTeamToken(ctx, body),
  "DELETE /api/orgs/{orgName}/teams/{teamName}/tokens/{tokenId}": async (ctx, { params }) => {
    await revokeToken(ctx.db, ofTeam(ctx), params.tokenId);
    return {};
  },
} satisfies Partial<Handlers>;
