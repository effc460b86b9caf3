import type { OrgCtx, StackCtx } from "../context.ts";
import { downloadUrl } from "../packs/index.ts";
import { listEnabledFor, listGroupSummaries } from "./queries.ts";
import { requiredPacks } from "./required.ts";

export async function listGroups(ctx: OrgCtx) {
  const groups = await listGroupSummaries(ctx.db, ctx.org.id);
  return groups.map((group) => ({
    name: group.name,
    isOrgDefault: group.is_default,
    numStacks: group.entity_type === "stacks" ? Number(group.stacks) : 0,
    numAccounts: 0,
    entityType: group.entity_type,
    mode: group.mode,
    numEnabledPolicyPacks: Number(group.packs),
  }));
}

/** What the stack's next update must run, each with a URL for its archive. */
export async function requiredPolicies(ctx: StackCtx) {
  const enabled = await listEnabledFor(ctx.db, ctx.org.id);
  const required = requiredPacks(enabled.map((entry) => ({ ...entry, changed: BigInt(entry.changed) })));
  return required.map(({ name, version, tag, metadata, config, versionId }) => ({
    name,
    version,
    versionTag: tag ?? "",
    displayName: metadata.displayName ?? "",
    packLocation: downloadUrl(ctx, versionId),
    ...(config && { config }),
  }));
}
