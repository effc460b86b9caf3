import { Type } from "typebox";
import { Unsupported } from "../body-schema.ts";
import { OrgName, OrgParams, ProjectName, StackName, TeamName } from "../names.ts";
import { Empty, type Routes } from "../route.ts";
import { UserInfo } from "./members.ts";

/** Pulumi's numbers for the permissions none, read, write and admin. Its documents also write them as text. */
const PermissionNumber = Type.Union([
  Type.Literal(0),
  Type.Literal(101),
  Type.Literal(102),
  Type.Literal(103),
  Type.Literal("0"),
  Type.Literal("101"),
  Type.Literal("102"),
  Type.Literal("103"),
]);

const TeamRole = Type.Union([Type.Literal("none"), Type.Literal("member"), Type.Literal("admin")]);
const StackAddress = { projectName: ProjectName, stackName: StackName };
const StackGrant = Type.Object({
  ...StackAddress,
  permission: PermissionNumber,
  permissionSetName: Unsupported("permission_set"),
});

const Team = Type.Object({
  kind: Type.Literal("pulumi"),
  name: Type.String(),
  displayName: Type.String(),
  description: Type.String(),
  /** The caller's own role in the team. */
  userRole: TeamRole,
  members: Type.Optional(Type.Array(Type.Object({ ...UserInfo.properties, role: TeamRole }))),
  /** Only the stacks that the caller may read. */
  stacks: Type.Optional(
    Type.Array(Type.Object({ projectName: Type.String(), stackName: Type.String(), permission: Type.Integer() })),
  ),
});

const TeamParams = Type.Object({ orgName: OrgName, teamName: TeamName });
const Text = Type.String({ maxLength: 1000 });

export const teamRoutes = {
  "GET /api/orgs/{orgName}/teams": {
    summary: "List the teams of an organization, without their members and stacks",
    access: "org:member",
    params: OrgParams,
    reply: Type.Object({ teams: Type.Array(Team) }),
  },
  "POST /api/orgs/{orgName}/teams/pulumi": {
    summary: "Make a team; a person who makes it becomes its first admin",
    access: "org:admin",
    params: OrgParams,
    body: Type.Object({ name: TeamName, displayName: Type.Optional(Text), description: Type.Optional(Text) }),
    strict: true,
    status: 201,
    reply: Team,
  },
  "GET /api/orgs/{orgName}/teams/{teamName}": {
    summary: "Get a team, its members and its permissions on stacks",
    access: "org:member",
    params: TeamParams,
    reply: Team,
  },
  "PATCH /api/orgs/{orgName}/teams/{teamName}": {
    summary: "Change a team: its texts, one member, or its permission on one stack that the caller administers",
    access: "team:admin",
    params: TeamParams,
    body: Type.Object({
      newDisplayName: Type.Optional(Text),
      newDescription: Type.Optional(Text),
      memberAction: Type.Optional(
        Type.Union([Type.Literal("add"), Type.Literal("remove"), Type.Literal("promote"), Type.Literal("demote")]),
      ),
      member: Type.Optional(OrgName),
      addStackPermission: Type.Optional(StackGrant),
      editStackPermission: Type.Optional(StackGrant),
      removeStack: Type.Optional(Type.Object(StackAddress)),
      addEnvironmentPermission: Unsupported("environments"),
      editEnvironmentPermission: Unsupported("environments"),
      removeEnvironment: Unsupported("environments"),
    }),
    strict: true,
    status: 204,
    reply: Empty,
  },
  "DELETE /api/orgs/{orgName}/teams/{teamName}": {
    summary: "Remove a team, its permissions and its tokens",
    access: "org:admin",
    params: TeamParams,
    status: 204,
    reply: Empty,
  },
} as const satisfies Routes;
