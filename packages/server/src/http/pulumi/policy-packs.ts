import { completePack, readVersion, removePack, removePackVersion, requiredPolicies } from "../../groups/index.ts";
import { downloadArchive, listPacks, publishPack, readConfigSchema, uploadArchive } from "../../packs/index.ts";
import { type Handlers, json, Raw, warning } from "../route.ts";

export const policyPackHandlers = {
  "GET /api/orgs/{orgName}/policypacks": async (ctx, { query }) => ({
    policyPacks: await listPacks(ctx, query.policypack),
  }),
  "POST /api/orgs/{orgName}/policypacks": async (ctx, { body }) => {
    const { warning: text, ...reserved } = await publishPack(ctx, body);
    return json(reserved, warning(text));
  },
  "GET /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}": (ctx, { params }) =>
    readVersion(ctx, params.policyPackName, params.version),
  "PUT /api/policypacks/uploads/{reservation}": async (ctx, { params, query, stream }) => {
    await uploadArchive(ctx, params.reservation, query.signature, stream);
    return {};
  },
  "GET /api/policypacks/archives/{packVersion}": async (ctx, { params, query, headers }) => {
    const wanted = { versionId: params.packVersion, ...query };
    const { "if-none-match": ifNoneMatch, range } = headers;
    const answer = await downloadArchive(ctx, { ...wanted, ifNoneMatch, range });
    return new Raw(answer.body, answer.headers, answer.status);
  },
  "POST /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/complete": async (ctx, { params }) => {
    const left = await completePack(ctx, params.policyPackName, params.version);
    return json({}, warning(left.join(" ")));
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
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/policypacks": async (ctx, { query }) =>
    json({ requiredPolicies: await requiredPolicies(ctx, query.mode) }),
} satisfies Partial<Handlers>;
