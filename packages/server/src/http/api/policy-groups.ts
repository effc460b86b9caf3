import { editGroup, explainStack, listMatches } from "../../groups/index.ts";
import { readConfig } from "../policy-edit.ts";
import type { Handlers } from "../route.ts";

export const groupExtraHandlers = {
  "PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/selector": async (ctx, { params, body, headers }) => {
    await editGroup(ctx, params.policyGroup, [{ selector: body.selector }], headers["if-match"]);
    return {};
  },
  "PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/policypacks/{policyPackName}/follow": async (
    ctx,
    { params, body, raw, headers },
  ) => {
    const config = readConfig(body.config, raw);
    const follow = { pack: params.policyPackName, follow: body.follow, ...(config && { config }) };
    await editGroup(ctx, params.policyGroup, [{ follow }], headers["if-match"]);
    return {};
  },
  "POST /api/quillon/orgs/{orgName}/selector/matches": (ctx, { body, query }) =>
    listMatches(ctx, body.selector, query.continuationToken),
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/policypacks": async (ctx, { query }) => ({
    policyPacks: await explainStack(ctx, query.policypack),
  }),
} satisfies Partial<Handlers>;
