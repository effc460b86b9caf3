import { type EnabledCarrier, findPackage } from "../../actions/find-package.ts";
import { verbatim } from "../../json/write.ts";
import { findWrongConfig, openSources, readBillOf, uploadSources, versionName } from "../../packs/index.ts";
import { sendArchive } from "../archive.ts";
import { type Handlers, jsonReply } from "../route.ts";

export const packContentsHandlers = {
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/bill-of-materials": async (
    ctx,
    { params },
  ) => jsonReply(verbatim(await readBillOf(ctx, params.policyPackName, params.version))),
  "PUT /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/sources": async (
    ctx,
    { params, stream },
  ) => {
    await uploadSources(ctx, params.policyPackName, params.version, stream);
    return {};
  },
  "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/sources": async (
    ctx,
    { params, headers },
    // Another version may be the latest tomorrow.
  ) => sendArchive(await openSources(ctx, params.policyPackName, params.version), headers, "private, no-cache"),
  "POST /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/config/problems": async (
    ctx,
    { params, body },
  ) => ({
    problems: await findWrongConfig(ctx, {
      pack: params.policyPackName,
      wanted: params.version,
      config: body.config,
    }),
  }),
  "GET /api/quillon/orgs/{orgName}/bundled-packages": async (ctx, { query }) => {
    const { carriers, unknown, continuationToken } = await findPackage(ctx, {
      name: query.name,
      range: query.version ?? "",
      all: query.all ?? false,
      token: query.continuationToken,
    });
    return { policyPackVersions: carriers.map(carrierOf), unknown, ...(continuationToken && { continuationToken }) };
  },
} satisfies Partial<Handlers>;

function carrierOf({ pack, version, tag, found, groups }: EnabledCarrier) {
  return {
    policyPack: pack,
    version,
    versionTag: versionName({ version, tag }),
    found: found.map(({ version, license, purl }) => ({
      version,
      ...(license !== null && { license }),
      ...(purl !== null && { purl }),
    })),
    policyGroups: groups,
  };
}
