import { Type } from "typebox";
import { OrgName, OrgParams, PackName, VersionTag } from "../names.ts";
import { Empty, type Routes } from "../route.ts";
import { PolicyConfig } from "./policy-packs.ts";

const VersionParams = Type.Object({ orgName: OrgName, policyPackName: PackName, version: VersionTag });

export const packContentsRoutes = {
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/bill-of-materials": {
    summary: "Get what travels in the archive of a version, with the licences, in the format of CycloneDX",
    access: "org:member",
    params: VersionParams,
    reply: Type.Record(Type.String(), Type.Unknown()),
  },
  "PUT /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/sources": {
    summary:
      "Upload what a reserved version was bundled from, as a gzipped tar archive, before the version is complete",
    access: "org:policy",
    params: VersionParams,
    raw: "stream",
    limit: "archive",
    reply: Empty,
  },
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/sources": {
    summary: "Download what a version was bundled from, as a gzipped tar archive",
    access: "org:member",
    params: VersionParams,
    reply: Type.Unsafe<Uint8Array>({ type: "string", format: "binary" }),
  },
  "POST /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/config/problems": {
    summary: "Hold a configuration against the schemas of a version's policies, as enabling the version does",
    access: "org:member",
    params: VersionParams,
    body: Type.Object({ config: PolicyConfig }),
    strict: true,
    limit: "pack",
    reply: Type.Object({
      problems: Type.Array(
        Type.Object({
          /** Empty where it is about all of the configuration. */
          policy: Type.String(),
          /** Where in the policy's configuration; empty for all of it. */
          property: Type.String(),
          message: Type.String(),
        }),
      ),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/bundled-packages": {
    summary: "Find the versions of policy packs in which a package travels, by their bills of materials",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      /** Such as `@grpc/grpc-js`. */
      name: Type.String({ minLength: 1, maxLength: 1000, pattern: "^[^\\0]*$" }),
      /** A version, or a range of semantic versions such as `<4.17.21`. */
      version: Type.Optional(Type.String({ maxLength: 100, pattern: "^[^\\0]*$" })),
      /** Without it only versions that a policy group enables are searched. */
      all: Type.Optional(Type.Boolean()),
      continuationToken: Type.Optional(Type.String()),
    }),
    reply: Type.Object({
      policyPackVersions: Type.Array(
        Type.Object({
          policyPack: Type.String(),
          version: Type.Integer(),
          versionTag: Type.String(),
          /** The versions of the package that are in it. */
          found: Type.Array(
            Type.Object({
              version: Type.String(),
              license: Type.Optional(Type.String()),
              /** https://github.com/package-url/purl-spec */
              purl: Type.Optional(Type.String()),
            }),
          ),
          /** Those that enable this version. */
          policyGroups: Type.Array(Type.String()),
        }),
      ),
      /** How many of the versions that were searched have no bill of materials, so that it is not known what is in them. */
      unknown: Type.Integer(),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
} as const satisfies Routes;
