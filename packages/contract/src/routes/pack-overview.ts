import { Type } from "typebox";
import { OrgName, OrgParams, PackName, VersionTag } from "../names.ts";
import { PackNeeds } from "../pack-needs.ts";
import type { Routes } from "../route.ts";
import { GroupMode } from "./policy-groups.ts";

const PublishedVersion = Type.Object({
  version: Type.Integer(),
  versionTag: Type.String(),
  publishedAt: Type.String({ format: "date-time" }),
  /** Missing when the user was removed. */
  publishedBy: Type.Optional(Type.String()),
  /** How many it has. */
  policies: Type.Integer(),
  /** Missing where it is not known. */
  needs: Type.Optional(PackNeeds),
});

export const packOverviewRoutes = {
  "GET /api/quillon/orgs/{orgName}/policypacks": {
    summary:
      "List the policy packs of an organization with their newest versions and the policy groups that enable them",
    access: "org:member",
    params: OrgParams,
    query: Type.Object({
      policypack: Type.Optional(Type.String()),
      continuationToken: Type.Optional(Type.String()),
    }),
    reply: Type.Object({
      policyPacks: Type.Array(
        Type.Object({
          name: Type.String(),
          displayName: Type.String(),
          /** How many are published. */
          versions: Type.Integer(),
          newest: PublishedVersion,
          /** How many stacks must run it, in whichever version. */
          stacks: Type.Integer(),
          policyGroups: Type.Array(
            Type.Object({
              name: Type.String(),
              isOrgDefault: Type.Boolean(),
              mode: GroupMode,
              version: Type.Integer(),
              versionTag: Type.String(),
              follows: Type.Boolean(),
              stacks: Type.Integer(),
            }),
          ),
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions": {
    summary: "List the published versions of a policy pack, the newest first",
    access: "org:member",
    params: Type.Object({ orgName: OrgName, policyPackName: PackName }),
    query: Type.Object({ continuationToken: Type.Optional(Type.String()) }),
    reply: Type.Object({
      versions: Type.Array(
        Type.Object({
          ...PublishedVersion.properties,
          /** Such as nodejs. Older CLIs do not say it. */
          runtime: Type.Optional(Type.String()),
          /** The SHA-256 of the archive, in lower-case hexadecimal, and its size in bytes. */
          sha256: Type.String(),
          size: Type.Integer(),
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/archive": {
    summary: "Get a link to the archive of a published version, which works for a day without signing in",
    access: "org:member",
    params: Type.Object({ orgName: OrgName, policyPackName: PackName, version: VersionTag }),
    reply: Type.Object({
      url: Type.String(),
      /** The SHA-256 of the archive, in lower-case hexadecimal, and its size in bytes. */
      sha256: Type.String(),
      size: Type.Integer(),
    }),
  },
} as const satisfies Routes;
