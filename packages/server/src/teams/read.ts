import { newError } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { eachRow } from "../db/pages.ts";
import { listTeamMembers, type TeamMember } from "./member-queries.ts";
import { listTeams, type Team } from "./queries.ts";

/** @throws team_not_found */
export async function requireTeam({ db, org, actor }: OrgCtx, name: string): Promise<Team> {
  const [team] = await listTeams(db, { organizationId: org.id, userId: actor.userId, name });
  if (!team) throw newError("team_not_found", { team: name, organization: org.name });
  return team;
}

/** The organization's teams by name. */
export function readTeams({ db, org, actor }: OrgCtx): AsyncGenerator<Team> {
  return eachRow(({ last, limit }) =>
    listTeams(db, { organizationId: org.id, userId: actor.userId, page: { after: last?.name ?? "", limit } }),
  );
}

/** A team with its members by login. @throws team_not_found */
export async function readTeam(ctx: OrgCtx, name: string): Promise<Team & { members: TeamMember[] }> {
  const team = await requireTeam(ctx, name);
  return { ...team, members: await listTeamMembers(ctx.db, team.id) };
}
