import { resourceOf } from "@quillon/report";
import { type FindingGroup, readFindingGroups } from "../../findings/index.ts";
import type { Handlers } from "../route.ts";

export const findingGroupHandlers = {
  "GET /api/quillon/orgs/{orgName}/finding-groups": async (ctx, { query }) => {
    const { groups, continuationToken } = await readFindingGroups(ctx, query);
    return { groups: groups.map(groupOf), ...(continuationToken && { continuationToken }) };
  },
} satisfies Partial<Handlers>;

function groupOf({ project, pack, policy, resource, firstSeen, lastSeen, ...group }: FindingGroup) {
  const { resourceType, resourceName } = resourceOf(`urn:pulumi:any::${project}::${resource}`);
  const { stacks, stackNames, level, severity } = group;
  return {
    project,
    policyPack: pack,
    policyName: policy,
    resourceType,
    resourceName,
    resource,
    stacks,
    stackNames,
    level,
    severity,
    firstSeenAt: firstSeen.toISOString(),
    lastSeenAt: lastSeen.toISOString(),
  };
}
