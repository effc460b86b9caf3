import { createTeam, deleteTeam, editTeam, readTeam, readTeams } from "../../teams/index.ts";
import type { Handlers } from "../route.ts";

export const teamHandlers = {
  "GET /api/orgs/{orgName}/teams": async (ctx) => ({ teams: await readTeams(ctx) }),
  "POST /api/orgs/{orgName}/teams/pulumi": (ctx, { body }) => createTeam(ctx, body),
  "GET /api/orgs/{orgName}/teams/{teamName}": (ctx, { params }) => readTeam(ctx, params.teamName),
  "PATCH /api/orgs/{orgName}/teams/{teamName}": async (ctx, { body }) => {
    await editTeam(ctx, body);
    return {};
  },
  "DELETE /api/orgs/{orgName}/teams/{teamName}": async (ctx, { params }) => {
    await deleteTeam(ctx, params.teamName);
    return {};
  },
} satisfies Partial<Handlers>;
