import type { OrgCtx } from "../context.ts";
import { listEnabledVersions, listEnabling } from "../groups/index.ts";
import { listCarrierPage } from "../packs/index.ts";

export type EnabledCarrier = Awaited<ReturnType<typeof listCarrierPage>>["carriers"][number] & {
  /** The policy groups that enable it, by name. */
  groups: string[];
};

/**
 * One page of the versions of packs in which a package travels, each with the policy groups that enable it.
 *
 * @param wanted.all whether versions are searched that no group enables.
 * @throws invalid_input for a token that this server did not issue.
 */
export async function findPackage(
  ctx: OrgCtx,
  { all, ...wanted }: { name: string; range: string; all: boolean; token?: string | undefined },
) {
  const versionIds = all ? undefined : await listEnabledVersions(ctx.db, ctx.org.id);
  const { carriers, ...rest } = await listCarrierPage(ctx, { ...wanted, versionIds });
  const enabling = await listEnabling(
    ctx.db,
    carriers.map(({ versionId }) => versionId),
  );
  const groups = new Map<string, string[]>(carriers.map(({ versionId }) => [versionId, []]));
  for (const { versionId, group } of enabling) groups.get(versionId)?.push(group);
  const withGroups = (one: (typeof carriers)[number]): EnabledCarrier => ({
    ...one,
    groups: groups.get(one.versionId) ?? [],
  });
  return { ...rest, carriers: carriers.map(withGroups) };
}
