import { type BodyOf, newError, type routes, type StackPermission } from "@quillon/contract";
import { changeRights } from "../../actions/change-rights.ts";
import { editTeam, type TeamEdit } from "../../actions/edit-team.ts";
import type { TeamCtx } from "../../context.ts";
import { type Grant, listGrants } from "../../stacks/index.ts";
import { createTeam, deleteTeam, readTeam, readTeams, type Team, type TeamMember } from "../../teams/index.ts";
import { type Handlers, listReply } from "../route.ts";
import { userInfo } from "./shapes.ts";

/** Pulumi's numbers for permissions on a stack. */
const permissionNumbers: Record<StackPermission, 0 | 101 | 102 | 103> = { none: 0, read: 101, write: 102, admin: 103 };

type Body = BodyOf<(typeof routes)["PATCH /api/orgs/{orgName}/teams/{teamName}"]>;
type SentGrant = NonNullable<Body["addStackPermission"]>;

/** No Pulumi CLI calls these routes. They are those of Pulumi Cloud, for its other clients: https://www.pulumi.com/docs/reference/cloud-rest-api/ */
export const teamHandlers = {
  "GET /api/orgs/{orgName}/teams": async (ctx) => listReply("teams", readTeams(ctx), teamOf),
  "POST /api/orgs/{orgName}/teams/pulumi": async (ctx, { body }) => wholeTeamOf(await createTeam(ctx, body), []),
  "GET /api/orgs/{orgName}/teams/{teamName}": async (ctx, { params }) => {
    const team = await readTeam(ctx, params.teamName);
    return wholeTeamOf(team, await listGrants(ctx, team.id));
  },
  "PATCH /api/orgs/{orgName}/teams/{teamName}": async (ctx, { body }) => {
    await editTeam(ctx, readEdit(ctx, body));
    return {};
  },
  "DELETE /api/orgs/{orgName}/teams/{teamName}": async (ctx, { params }) => {
    await changeRights(ctx, (tx) => deleteTeam(tx, params.teamName));
    return {};
  },
} satisfies Partial<Handlers>;

function teamOf({ name, displayName, description, userRole }: Team) {
  return { kind: "pulumi" as const, name, displayName, description, userRole };
}

function wholeTeamOf(team: Team & { members: TeamMember[] }, grants: readonly Grant[]) {
  return {
    ...teamOf(team),
    members: team.members.map(({ admin, ...member }) => ({
      ...userInfo(member),
      role: admin ? ("admin" as const) : ("member" as const),
    })),
    stacks: grants.map(({ project, name, permission }) => ({
      projectName: project,
      stackName: name,
      permission: permissionNumbers[permission],
    })),
  };
}

/** @throws team_edit_refused */
function readEdit({ team }: TeamCtx, body: Body): TeamEdit {
  const { member: login, memberAction: action, addStackPermission, editStackPermission, removeStack } = body;
  if ((login === undefined) !== (action === undefined)) {
    throw newError("team_edit_refused", { problem: "incomplete_member", team: team.name });
  }
  return {
    displayName: body.newDisplayName,
    description: body.newDescription,
    member: login && action ? { login, action } : undefined,
    grant: addStackPermission && readGrant(addStackPermission),
    regrant: editStackPermission && readGrant(editStackPermission),
    revoke: removeStack && { project: removeStack.projectName, name: removeStack.stackName },
  };
}

function readGrant({ projectName, stackName, permission }: SentGrant) {
  const names = Object.keys(permissionNumbers) as StackPermission[];
  const named = names.find((name) => permissionNumbers[name] === Number(permission)) ?? "none";
  return { project: projectName, name: stackName, permission: named };
}
