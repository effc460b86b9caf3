import { readRequired } from "../../actions/excepted-packs.ts";
import { publishPack } from "../../actions/publish-pack.ts";
import { readPackVersion } from "../../actions/read-pack-version.ts";
import { removePack, removePackVersion } from "../../actions/remove-pack.ts";
import {
  listPacks,
  openArchive,
  type PublishedPack,
  readConfigSchema,
  reserveVersion,
  uploadArchive,
  versionName,
} from "../../packs/index.ts";
import { sendArchive } from "../archive.ts";
import { healthOf } from "../pack-health.ts";
import { type Handlers, jsonReply, listReply, warningHeader } from "../route.ts";
import { uploadUrl } from "./archive-urls.ts";
import { appliesExceptions, asksForPulumi } from "./clients.ts";
import { requiredPolicyOf } from "./required-policies.ts";

export const policyPackHandlers = {
  "GET /api/orgs/{orgName}/policypacks": async (ctx, { query }) =>
    listReply("policyPacks", listPacks(ctx, query.policypack), summaryOf),
  "POST /api/orgs/{orgName}/policypacks": async (ctx, { body: { name, versionTag, ...metadata } }) => {
    const {
      version,
      reservation,
      signature,
      warning: text,
    } = await reserveVersion(ctx, {
      name,
      tag: versionTag || null,
      metadata,
    });
    return jsonReply({ version, uploadURI: uploadUrl(ctx, reservation, signature) }, warningHeader(text));
  },
  "GET /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}": async (ctx, { params, headers }) => {
    const version = await readPackVersion(ctx, params.policyPackName, params.version);
    return asksForPulumi(headers) ? versionOf(version) : wholeVersionOf(version);
  },
  "PUT /api/policypacks/uploads/{reservation}": async (ctx, { params, query, stream }) => {
    await uploadArchive(ctx, params.reservation, query.signature, stream);
    return {};
  },
  "GET /api/policypacks/archives/{packVersion}": async (ctx, { params, query, headers }) =>
    sendArchive(await openArchive(ctx, { versionId: params.packVersion, ...query }), headers),
  "POST /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/complete": async (ctx, { params }) => {
    const refusals = await publishPack(ctx, params.policyPackName, params.version);
    return jsonReply({}, warningHeader(refusals.join(" ")));
  },
  "GET /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/schema": async (ctx, { params }) => ({
    configSchema: await readConfigSchema(ctx, params.policyPackName, params.version),
  }),
  "DELETE /api/orgs/{orgName}/policypacks/{policyPackName}": async (ctx, { params }) => {
    await removePack(ctx, params.policyPackName);
    return {};
  },
  "DELETE /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}": async (ctx, { params }) => {
    await removePackVersion(ctx, params.policyPackName, params.version);
    return {};
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/policypacks": async (ctx, { query, headers }) => {
    const required = await readRequired(ctx, query.mode);
    const toPack = !appliesExceptions(headers);
    return jsonReply({
      requiredPolicies: required.map((pack) => ({
        ...requiredPolicyOf(ctx, pack, toPack),
        ...(!asksForPulumi(headers) && { archiveSha256: pack.sha256 }),
      })),
    });
  },
} satisfies Partial<Handlers>;

function summaryOf({ name, displayName, versions }: PublishedPack) {
  return {
    name,
    displayName,
    versions: versions.map(({ version }) => version),
    // The CLI lists only these tags: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/cmd/pulumi/policy/policy_ls.go#L120
    versionTags: versions.map(versionName),
  };
}

type FoundVersion = Awaited<ReturnType<typeof readPackVersion>>;

/** A version as Pulumi's API has it. */
function versionOf({ metadata, pack, version, tag, applied }: FoundVersion) {
  const { displayName = "", policies } = metadata;
  return { name: pack, displayName, version, versionTag: tag ?? "", policies, applied };
}

/** What the server says of a version, or nobody. */
const OWN = ["publishedBy", "needs", "sdk", "sources"];

/** The published metadata, unchanged except for the fields that the server sets. */
function wholeVersionOf(found: FoundVersion) {
  const { metadata, sha256, size, needs, sdk, hasBill, sources, publishedAt, publishedBy, health } = found;
  const said = Object.entries(metadata).filter(([field]) => !OWN.includes(field));
  return {
    ...Object.fromEntries(said),
    ...versionOf(found),
    sha256,
    size,
    ...(needs && { needs }),
    ...(sdk && { sdk }),
    ...(sources && { sources }),
    hasBillOfMaterials: hasBill,
    publishedAt: publishedAt?.toISOString() ?? "",
    ...(publishedBy !== null && { publishedBy }),
    health: healthOf(health),
  };
}
