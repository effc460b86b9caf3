import { editGroup } from "../../actions/change-group.ts";
import { type ExplainedPack, explainStack } from "../../enforcement/index.ts";
import { listMatches } from "../../groups/index.ts";
import { readSeenChanges } from "../group-etag.ts";
import { readConfig } from "../pack-config.ts";
import { matchCountsOf } from "../pulumi/group-shapes.ts";
import type { Handlers } from "../route.ts";

export const groupExtraHandlers = {
  "PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/selector": async (ctx, { params, body, headers }) => {
    const seen = readSeenChanges(headers["if-match"]);
    await editGroup(ctx, params.policyGroup, [{ stackRule: body.selector && JSON.stringify(body.selector) }], seen);
    return {};
  },
  "PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/policypacks/{policyPackName}/follow": async (
    ctx,
    { params, body, raw, headers },
  ) => {
    const config = readConfig(body.config, raw);
    const follow = { pack: params.policyPackName, follow: body.follow, ...(config && { config }) };
    await editGroup(ctx, params.policyGroup, [{ follow }], readSeenChanges(headers["if-match"]));
    return {};
  },
  "POST /api/quillon/orgs/{orgName}/selector/matches": async (ctx, { body, query }) => {
    const { stacks, counts, continuationToken } = await listMatches(ctx, JSON.stringify(body.selector), {
      search: body.search,
      limit: query.count,
      token: query.continuationToken,
    });
    return {
      stacks: stacks.map(({ project, name }) => ({ name, routingProject: project })),
      ...matchCountsOf(counts),
      ...(continuationToken && { continuationToken }),
    };
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/policypacks": async (ctx, { query }) => ({
    policyPacks: (await explainStack(ctx, query.policypack)).map(explanationOf),
  }),
} satisfies Partial<Handlers>;

function explanationOf({ name, groups }: ExplainedPack) {
  return { name, groups: groups.map(({ tag, ...group }) => ({ ...group, versionTag: tag ?? "" })) };
}
