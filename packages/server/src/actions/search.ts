import type { OrgCtx } from "../context.ts";
import { findResources } from "../findings/index.ts";
import { findGroups, listEnabledVersions } from "../groups/index.ts";
import { findPacks, findPolicies } from "../packs/index.ts";
import { listReadableStacks } from "../stacks/index.ts";

/** Of each kind. */
const MOST = 8;

/** What has the text in its name, of what the caller may read: a few of each kind. */
export async function search(ctx: OrgCtx, text: string) {
  const { db, org, actor } = ctx;
  const wanted = { organizationId: org.id, text, limit: MOST };
  const [stacks, packs, policies, groups, resources] = await Promise.all([
    listReadableStacks(db, { actor, filter: { organization: org.name, search: text }, limit: MOST }),
    findPacks(db, wanted),
    listEnabledVersions(db, org.id).then((versionIds) => findPolicies(db, { ...wanted, versionIds })),
    findGroups(db, wanted),
    findResources(ctx, wanted),
  ]);
  return { stacks, packs, policies, groups, ...resources };
}
