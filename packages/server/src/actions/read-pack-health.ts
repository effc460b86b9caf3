import type { OrgCtx } from "../context.ts";
import { readPackHealth as readHealth, type VersionHealth } from "../findings/index.ts";
import { listEnabling } from "../groups/index.ts";
import { readVersions, versionName } from "../packs/index.ts";

/** A published version, and how its runs ended in the stacks that the caller may read. */
export interface PackVersionHealth {
  version: number;
  tag: string;
  /** Policy groups that have it enabled. */
  groups: string[];
  /** Undefined when no run had to ask it. */
  health: VersionHealth | undefined;
  /** The version to go back to, and in how many of the stacks that fail it worked. */
  revert: { version: number; tag: string; stacks: number } | undefined;
}

/**
 * The published versions of a pack that a run had to ask or that are enabled, the newest first.
 *
 * One that is enabled and makes stacks fail in which an earlier one worked is a reason to revert to that, if it is still there.
 *
 * @throws pack_not_found
 */
export async function readPackHealth(ctx: OrgCtx, pack: string): Promise<PackVersionHealth[]> {
  const published = await readVersions(ctx, pack);
  const known = await readHealth(ctx, pack);
  const enabling = await listEnabling(
    ctx.db,
    published.map(({ id }) => id),
  );
  const versions: PackVersionHealth[] = [];
  for (const { id, version, tag } of published.reverse()) {
    const health = known.find((one) => one.version === version);
    const groups = enabling.filter(({ versionId }) => versionId === id).map(({ group }) => group);
    if (!health && groups.length === 0) continue;
    const revert =
      groups.length > 0
        ? health?.workedBefore.find((before) => published.some((one) => one.version === before.version))
        : undefined;
    versions.push({ version, tag: versionName({ version, tag }), groups, health, revert });
  }
  return versions;
}
