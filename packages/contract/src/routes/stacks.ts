import { Type } from "typebox";
import { OrgName, ProjectName, StackName, StackParams, StackTags, TagName, TagValue } from "../names.ts";
import { Empty, type Routes } from "../route.ts";
import { Links, UserInfo } from "./members.ts";

/** A stack's state. The server reads `deployment` only to rename a stack and to count its resources. */
/** Only the number of resources is read of it. The rest is stored as it was sent. */
export const Deployment = Type.Object({
  resources: Type.Optional(Type.Unknown()),
});

export const UntypedDeployment = Type.Object({
  version: Type.Integer({ minimum: 1, maximum: 4 }),
  features: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
  deployment: Deployment,
});

const ConfigValue = Type.Object({
  string: Type.String(),
  secret: Type.Optional(Type.Boolean()),
  object: Type.Optional(Type.Boolean()),
});
export const ConfigMap = Type.Record(Type.String(), ConfigValue);

const UpdateInfo = Type.Object({
  kind: Type.String(),
  startTime: Type.Integer(),
  message: Type.String(),
  environment: Type.Record(Type.String(), Type.String()),
  config: Type.Unknown(),
  result: Type.String(),
  /** While the update runs, the time now. */
  endTime: Type.Integer(),
  version: Type.Integer(),
  resourceChanges: Type.Optional(Type.Record(Type.String(), Type.Integer())),
  resourceCount: Type.Optional(Type.Integer()),
});

const ProjectParams = Type.Object({ orgName: OrgName, projectName: ProjectName });

export const stackRoutes = {
  "GET /api/user/stacks": {
    summary: "List the stacks that the caller may read",
    access: "user",
    query: Type.Object({
      organization: Type.Optional(Type.String()),
      project: Type.Optional(Type.String()),
      tagName: Type.Optional(Type.String()),
      tagValue: Type.Optional(Type.String()),
      continuationToken: Type.Optional(Type.String()),
    }),
    reply: Type.Object({
      stacks: Type.Array(
        Type.Object({
          id: Type.String(),
          orgName: Type.String(),
          projectName: Type.String(),
          stackName: Type.String(),
          /** When its last update ended; 0 while one runs. */
          lastUpdate: Type.Optional(Type.Integer()),
          resourceCount: Type.Optional(Type.Integer()),
          links: Links,
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "HEAD /api/stacks/{orgName}/{projectName}": {
    summary: "Check whether a project has a stack",
    access: "org:member",
    params: ProjectParams,
    reply: Empty,
  },
  "POST /api/stacks/{orgName}/{projectName}": {
    summary: "Make a stack",
    access: "org:member",
    params: ProjectParams,
    limit: "state",
    raw: "json",
    body: Type.Object({
      stackName: StackName,
      tags: Type.Optional(StackTags),
      teams: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
      state: Type.Optional(UntypedDeployment),
      /** Both ask for configuration in Pulumi ESC, and are refused. */
      config: Type.Optional(Type.Unknown()),
      createManagedEnvironment: Type.Optional(Type.Boolean()),
    }),
    reply: Empty,
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}": {
    summary: "Get a stack, its tags and its running update",
    access: "stack:read",
    params: StackParams,
    reply: Type.Object({
      id: Type.String(),
      orgName: Type.String(),
      projectName: Type.String(),
      stackName: Type.String(),
      currentOperation: Type.Optional(
        Type.Object({ kind: Type.String(), author: Type.String(), started: Type.Integer() }),
      ),
      activeUpdate: Type.String(),
      tags: Type.Record(Type.String(), Type.String()),
      version: Type.Integer(),
    }),
  },
  "DELETE /api/stacks/{orgName}/{projectName}/{stackName}": {
    summary: "Remove a stack and its history; if its state has resources besides the stack itself, only with force",
    access: "stack:admin",
    params: StackParams,
    query: Type.Object({ force: Type.Optional(Type.Boolean()) }),
    reply: Empty,
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/rename": {
    summary: "Rename a stack or move it to another project; the URNs in its state change too",
    access: "stack:admin",
    params: StackParams,
    body: Type.Object({
      newName: Type.Optional(Type.Union([StackName, Type.Literal("")])),
      newProject: Type.Optional(Type.Union([ProjectName, Type.Literal("")])),
    }),
    /** Empty when the stack has no state. */
    reply: Type.Object({ updateId: Type.String() }),
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/tags": {
    summary: "Replace all tags of a stack",
    access: "stack:write",
    params: StackParams,
    body: StackTags,
    reply: Empty,
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/tags": {
    summary: "Get the tags of a stack",
    access: "stack:read",
    params: StackParams,
    reply: Type.Record(Type.String(), Type.String()),
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/tags": {
    summary: "Set one tag of a stack; the others stay",
    access: "stack:write",
    params: StackParams,
    body: Type.Object({ name: TagName, value: TagValue }),
    status: 204,
    reply: Empty,
  },
  "DELETE /api/stacks/{orgName}/{projectName}/{stackName}/tags/{tagName}": {
    summary: "Remove one tag of a stack",
    access: "stack:write",
    params: Type.Object({ ...StackParams.properties, tagName: TagName }),
    status: 204,
    reply: Empty,
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/export": {
    summary: "Export the newest state of a stack",
    access: "stack:read",
    params: StackParams,
    reply: UntypedDeployment,
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/export/{version}": {
    summary: "Export the state of a stack after the update with that version",
    access: "stack:read",
    params: Type.Object({ ...StackParams.properties, version: Type.String({ pattern: "^[0-9]{1,9}$" }) }),
    reply: UntypedDeployment,
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/import": {
    summary: "Replace the state of a stack",
    access: "stack:write",
    params: StackParams,
    limit: "state",
    raw: "json",
    body: UntypedDeployment,
    reply: Type.Object({ updateId: Type.String() }),
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/updates": {
    summary: "List the updates of a stack, newest first",
    access: "stack:read",
    params: StackParams,
    query: Type.Object({
      pageSize: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
      page: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
      "output-type": Type.Optional(Type.String()),
    }),
    reply: Type.Object({ updates: Type.Array(UpdateInfo) }),
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/updates/latest": {
    summary: "Get the last deployment of a stack, with its configuration; imports and renames are none",
    access: "stack:read",
    params: StackParams,
    reply: Type.Object({
      info: UpdateInfo,
      updateID: Type.String(),
      version: Type.Integer(),
      /** Of the stack. It is higher than `version` after an import or a rename. */
      latestVersion: Type.Integer(),
      requestedBy: UserInfo,
    }),
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/updates/latest/previews": {
    summary: "List the previews of a stack since its newest update",
    access: "stack:read",
    params: StackParams,
    query: Type.Object({
      /** Oldest first, which is the default. */
      asc: Type.Optional(Type.Boolean()),
      /** Few, because each has its configuration. */
      pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 })),
      page: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    }),
    reply: Type.Object({
      updates: Type.Array(
        Type.Object({
          info: UpdateInfo,
          updateID: Type.String(),
          version: Type.Integer(),
          latestVersion: Type.Integer(),
          requestedBy: UserInfo,
        }),
      ),
      itemsPerPage: Type.Integer(),
      total: Type.Integer(),
    }),
  },
} as const satisfies Routes;
