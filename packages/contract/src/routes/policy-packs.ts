import { Type } from "typebox";
import { OrgName, OrgParams, PackName, StackParams, Uuid, VersionTag } from "../names.ts";
import type { Routes } from "../route.ts";

const Empty = Type.Object({});

export const EnforcementLevel = Type.Union([
  Type.Literal("advisory"),
  Type.Literal("mandatory"),
  Type.Literal("remediate"),
  Type.Literal("disabled"),
]);

const PolicyConfigSchema = Type.Object({
  type: Type.Optional(Type.String()),
  properties: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  required: Type.Optional(Type.Array(Type.String())),
});

/** A policy as its pack describes it. Fields of newer CLIs pass through. */
export const Policy = Type.Object({
  name: PackName,
  displayName: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  enforcementLevel: Type.Optional(EnforcementLevel),
  message: Type.Optional(Type.String()),
  configSchema: Type.Optional(PolicyConfigSchema),
  severity: Type.Optional(Type.String()),
});

/** What else is published of a version; all of it is kept and shown as it came. */
const Description = {
  description: Type.Optional(Type.String()),
  readme: Type.Optional(Type.String()),
  provider: Type.Optional(Type.String()),
  tags: Type.Optional(Type.Array(Type.String())),
  repository: Type.Optional(Type.String()),
  runtime: Type.Optional(Type.String()),
  /** Facts of git and CI where it was published. */
  metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
};

/** Configuration by policy name; the name `all` sets a level for every policy not named. */
export const PolicyConfig = Type.Record(Type.String(), Type.Unknown());

/** A pack that an update must run. */
export const RequiredPolicy = Type.Object({
  name: Type.String(),
  version: Type.Integer(),
  versionTag: Type.String(),
  displayName: Type.String(),
  packLocation: Type.String(),
  config: Type.Optional(PolicyConfig),
  environments: Type.Optional(Type.Array(Type.String())),
});

const PackParams = Type.Object({ orgName: OrgName, policyPackName: PackName });
/** The version segment takes the tag, the integer or `latest`. */
const VersionParams = Type.Object({ ...PackParams.properties, version: VersionTag });

const UploadParams = Type.Object({ reservation: Uuid });
const DownloadParams = Type.Object({ packVersion: Uuid });

export const policyPackRoutes = {
  "GET /api/orgs/{orgName}/policypacks": {
    summary: "The organization's policy packs with their published versions",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({ policypack: Type.Optional(Type.String()) }),
    reply: Type.Object({
      policyPacks: Type.Array(
        Type.Object({
          name: Type.String(),
          displayName: Type.String(),
          versions: Type.Array(Type.Integer()),
          versionTags: Type.Array(Type.String()),
        }),
      ),
    }),
  },
  "POST /api/orgs/{orgName}/policypacks": {
    summary: "Reserve the next version of a policy pack; the answer says where to upload its archive",
    access: "org:policy",
    params: OrgParams,
    body: Type.Object({
      name: PackName,
      displayName: Type.Optional(Type.String()),
      versionTag: Type.Optional(Type.Union([VersionTag, Type.Literal("")])),
      policies: Type.Array(Policy),
      ...Description,
    }),
    reply: Type.Object({
      version: Type.Integer(),
      uploadURI: Type.String(),
      requiredHeaders: Type.Optional(Type.Record(Type.String(), Type.String())),
    }),
  },
  "PUT /api/policypacks/uploads/{reservation}": {
    summary: "Upload the archive of a reserved version; may be repeated until the version is complete",
    access: "signed",
    params: UploadParams,
    query: Type.Object({ signature: Type.String() }),
    raw: "stream",
    limit: "archive",
    reply: Empty,
  },
  "GET /api/policypacks/archives/{packVersion}": {
    summary: "Download the archive of a published version",
    access: "signed",
    params: DownloadParams,
    query: Type.Object({ expires: Type.Integer(), signature: Type.String() }),
    reply: Type.Unsafe<Uint8Array>({ type: "string", format: "binary" }),
  },
  "GET /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}": {
    summary: "A published version with its policies and what else was published of it",
    access: "org:member",
    params: VersionParams,
    reply: Type.Object({
      name: Type.String(),
      displayName: Type.String(),
      version: Type.Integer(),
      versionTag: Type.String(),
      /** A policy group has it enabled. */
      applied: Type.Boolean(),
      policies: Type.Array(Policy),
      ...Description,
      /** Of the archive: SHA-256 in lower-hex, and bytes. */
      sha256: Type.String(),
      size: Type.Integer(),
      publishedAt: Type.String(),
      publishedBy: Type.Optional(Type.String()),
    }),
  },
  "POST /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/complete": {
    summary: "Check the uploaded archive and publish the version, for ever",
    access: "org:policy",
    params: VersionParams,
    reply: Empty,
  },
  "GET /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/schema": {
    summary: "What may be configured of a version's policies",
    access: "org:member",
    params: VersionParams,
    reply: Type.Object({ configSchema: Type.Optional(Type.Record(Type.String(), PolicyConfigSchema)) }),
  },
  "DELETE /api/orgs/{orgName}/policypacks/{policyPackName}": {
    summary: "Remove all versions of a policy pack",
    access: "org:policy",
    params: PackParams,
    reply: Empty,
  },
  "DELETE /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}": {
    summary: "Remove one version of a policy pack; it can never be published again",
    access: "org:policy",
    params: VersionParams,
    reply: Empty,
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/policypacks": {
    summary: "The policy packs that the stack's next update must run",
    access: "stack:read",
    params: StackParams,
    query: Type.Object({ mode: Type.Optional(Type.Union([Type.Literal("preventative"), Type.Literal("audit")])) }),
    reply: Type.Object({ requiredPolicies: Type.Array(RequiredPolicy) }),
  },
} as const satisfies Routes;
