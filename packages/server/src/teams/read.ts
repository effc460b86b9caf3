import { fail } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import type { StackPermission } from "../db/schema.ts";
import { listGrants, listTeamMembers, listTeams, type TeamRole } from "./queries.ts";

/** Pulumi's numbers for permissions on a stack. */
export const permissionNumbers: Record<StackPermission, 0 | 101 | 102 | 103> = {
  none: 0,
  read: 101,
  write: 102,
  admin: 103,
};

export interface FoundTeam {
  id: string;
  name: string;
  displayName: string;
  description: string;
  userRole: TeamRole;
}

/** @throws team_not_found */
export async function findTeam(ctx: OrgCtx, name: string): Promise<FoundTeam> {
  const [team] = await listTeams(ctx, name);
  if (!team) throw fail("team_not_found", { team: name, organization: ctx.org.name });
  return team;
}

export async function readTeams(ctx: OrgCtx) {
  return (await listTeams(ctx)).map(describe);
}

/** A team with its members, and with those of its stacks that the caller may read. @throws team_not_found */
export async function readTeam(ctx: OrgCtx, name: string) {
  const team = await findTeam(ctx, name);
  const members = await listTeamMembers(ctx.db, team.id);
  const grants = await listGrants(ctx, team.id);
  return {
    ...describe(team),
    members: members.map((one) => ({
      githubLogin: one.login,
      name: one.name,
      avatarUrl: "",
      role: one.admin ? ("admin" as const) : ("member" as const),
    })),
    stacks: grants.map(({ project, name, permission }) => ({
      projectName: project,
      stackName: name,
      permission: permissionNumbers[permission],
    })),
  };
}

function describe({ name, displayName, description, userRole }: FoundTeam) {
  return { kind: "pulumi" as const, name, displayName, description, userRole };
}
