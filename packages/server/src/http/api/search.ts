import { search } from "../../actions/search.ts";
import type { Handlers } from "../route.ts";

export const searchHandlers = {
  "GET /api/quillon/orgs/{orgName}/search": async (ctx, { query }) => {
    const { stacks, packs, policies, groups, resources, leftOut } = await search(ctx, query.text);
    return {
      stacks: stacks.map(({ project, name }) => ({ project, stack: name })),
      policyPacks: packs,
      policies: policies.map(({ pack, tag, ...policy }) => ({ policyPack: pack, versionTag: tag, ...policy })),
      policyGroups: groups.map((name) => ({ name })),
      resources,
      resourcesLeftOut: leftOut,
    };
  },
} satisfies Partial<Handlers>;
