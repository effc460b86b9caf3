import { Type } from "typebox";
import { BundledSdk } from "../bundled-sdk.ts";
import { OrgName, OrgParams, PackName, StackParams, Uuid, VersionTag } from "../names.ts";
import { PackNeeds } from "../pack-needs.ts";
import { Empty, type Routes } from "../route.ts";
import { PackHealth } from "./pack-health.ts";
import { ExceptionMatch } from "./policy-exceptions.ts";

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

/** Of one pack. */
export const MOST_POLICIES = 50_000;

/** A policy as its pack describes it. Other fields, from newer CLIs, are also accepted. */
export const Policy = Type.Object({
  name: PackName,
  displayName: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  enforcementLevel: Type.Optional(EnforcementLevel),
  message: Type.Optional(Type.String()),
  configSchema: Type.Optional(PolicyConfigSchema),
  severity: Type.Optional(Type.String()),
});

/** Other fields of a published version. They are stored and returned unchanged. */
const Description = {
  description: Type.Optional(Type.String()),
  readme: Type.Optional(Type.String()),
  provider: Type.Optional(Type.String()),
  tags: Type.Optional(Type.Array(Type.String())),
  repository: Type.Optional(Type.String()),
  runtime: Type.Optional(Type.String()),
  /** Data of git and CI at the time of publishing. */
  metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
};

/** Configuration by policy name. The name `all` sets the level of every policy that is not named. */
export const PolicyConfig = Type.Record(Type.String(), Type.Unknown());

/** A pack that an update must run. */
export const RequiredPolicy = Type.Object({
  name: Type.String(),
  version: Type.Integer(),
  versionTag: Type.String(),
  displayName: Type.String(),
  packLocation: Type.String(),
  /** Of the archive. The Pulumi CLI is not sent it. */
  archiveSha256: Type.Optional(Type.String()),
  config: Type.Optional(PolicyConfig),
  environments: Type.Optional(Type.Array(Type.String())),
  /** The policy exceptions that are in effect for the stack, by id. */
  exceptions: Type.Optional(Type.Record(Type.String(), Type.Object({ reason: Type.String(), match: ExceptionMatch }))),
});

const PackParams = Type.Object({ orgName: OrgName, policyPackName: PackName });
/** The version is the tag, the integer or `latest`. */
const VersionParams = Type.Object({ ...PackParams.properties, version: VersionTag });

const UploadParams = Type.Object({ reservation: Uuid });
const DownloadParams = Type.Object({ packVersion: Uuid });

export const policyPackRoutes = {
  "GET /api/orgs/{orgName}/policypacks": {
    summary: "List the policy packs of an organization and their published versions",
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
    summary: "Reserve the next version of a policy pack; the reply has the URL for its archive",
    access: "org:policy",
    params: OrgParams,
    body: Type.Object({
      name: PackName,
      displayName: Type.Optional(Type.String()),
      versionTag: Type.Optional(Type.Union([VersionTag, Type.Literal("")])),
      policies: Type.Array(Policy, { maxItems: MOST_POLICIES }),
      ...Description,
    }),
    limit: "pack",
    reply: Type.Object({
      version: Type.Integer(),
      uploadURI: Type.String(),
      requiredHeaders: Type.Optional(Type.Record(Type.String(), Type.String())),
    }),
  },
  "PUT /api/policypacks/uploads/{reservation}": {
    summary: "Upload the archive of a reserved version; it can be repeated until the version is complete",
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
    summary: "Get a published version of a policy pack, with its policies",
    access: "org:member",
    params: VersionParams,
    reply: Type.Object({
      name: Type.String(),
      displayName: Type.String(),
      version: Type.Integer(),
      versionTag: Type.String(),
      /** Whether a policy group has it enabled. */
      applied: Type.Boolean(),
      policies: Type.Array(Policy),
      ...Description,
      /** The SHA-256 of the archive, in lower-case hexadecimal, and its size in bytes. */
      sha256: Type.Optional(Type.String()),
      size: Type.Optional(Type.Integer()),
      publishedAt: Type.Optional(Type.String()),
      publishedBy: Type.Optional(Type.String()),
      /** Missing for packs that run on neither Node.js, Bun nor Python, and where an older Quillon published the version. */
      needs: Type.Optional(PackNeeds),
      /** The SDK that it is bundled with. */
      sdk: Type.Optional(BundledSdk),
      /** The archive of what it was bundled from, which `…/sources` has. Its SHA-256 in lower-case hexadecimal, its size in bytes. */
      sources: Type.Optional(Type.Object({ sha256: Type.String(), size: Type.Integer() })),
      /** Whether `…/bill-of-materials` says what is in its archive. */
      hasBillOfMaterials: Type.Optional(Type.Boolean()),
      health: Type.Optional(PackHealth),
    }),
  },
  "POST /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/complete": {
    summary: "Check the uploaded archive and publish the version",
    access: "org:policy",
    params: VersionParams,
    reply: Empty,
  },
  "GET /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/schema": {
    summary: "Get the configuration schemas of a version's policies",
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
    summary: "List the policy packs that a stack's next update must run",
    access: "stack:read",
    params: StackParams,
    query: Type.Object({ mode: Type.Optional(Type.Union([Type.Literal("preventative"), Type.Literal("audit")])) }),
    reply: Type.Object({ requiredPolicies: Type.Array(RequiredPolicy) }),
  },
} as const satisfies Routes;
