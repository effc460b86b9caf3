import { type ListedPack, listPacks } from "../../actions/list-packs.ts";
import { findPublishedArchive, listVersionPage, versionName } from "../../packs/index.ts";
import { downloadUrl } from "../pulumi/archive-urls.ts";
import type { Handlers } from "../route.ts";

export const packOverviewHandlers = {
  "GET /api/quillon/orgs/{orgName}/policypacks": async (ctx, { query }) => {
    const { packs, continuationToken } = await listPacks(ctx, {
      pack: query.policypack,
      token: query.continuationToken,
    });
    return { policyPacks: packs.map(packOf), ...(continuationToken && { continuationToken }) };
  },
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions": async (ctx, { params, query }) => {
    const page = await listVersionPage(ctx, { pack: params.policyPackName, token: query.continuationToken });
    const versions = page.versions.map(({ runtime, sha256, size, ...version }) => ({
      ...versionOf(version),
      ...(runtime && { runtime }),
      sha256,
      size,
    }));
    return { versions, ...(page.continuationToken && { continuationToken: page.continuationToken }) };
  },
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/archive": async (
    ctx,
    { params },
  ) => {
    const { id, sha256, size } = await findPublishedArchive(ctx, params.policyPackName, params.version);
    return { url: downloadUrl(ctx, id), sha256, size };
  },
} satisfies Partial<Handlers>;

function packOf({ name, displayName, versions, stacks, groups, ...newest }: ListedPack) {
  return {
    name,
    displayName,
    versions,
    newest: versionOf(newest),
    stacks,
    policyGroups: groups.map(({ name, isDefault, mode, version, tag, follows, stacks }) => ({
      name,
      isOrgDefault: isDefault,
      mode,
      version,
      versionTag: versionName({ version, tag }),
      follows,
      stacks,
    })),
  };
}

type Listed = Pick<ListedPack, "version" | "tag" | "publishedAt" | "publishedBy" | "policies" | "needs">;

function versionOf({ version, tag, publishedAt, publishedBy, policies, needs }: Listed) {
  return {
    version,
    versionTag: versionName({ version, tag }),
    publishedAt: publishedAt.toISOString(),
    ...(publishedBy !== null && { publishedBy }),
    policies,
    ...(needs && { needs }),
  };
}
