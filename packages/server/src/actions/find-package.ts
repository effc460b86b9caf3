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
  const groupsOf = (id: string) => enabling.flatMap(({ versionId, group }) => (versionId === id ? [group] : []));
  return { ...rest, carriers: carriers.map((one): EnabledCarrier => ({ ...one, groups: groupsOf(one.versionId) })) };
}
