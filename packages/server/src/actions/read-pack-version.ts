import type { OrgCtx } from "../context.ts";
import { readVersionHealth } from "../findings/index.ts";
import { listGroupsEnabling } from "../groups/index.ts";
import { findVersion, readPublished } from "../packs/index.ts";

/**
 * A published version with all that was published of it, and whether a group has it enabled, and how its runs
 * ended in the stacks that the caller may read.
 *
 * @throws pack_not_found, pack_version_not_found
 */
export async function readPackVersion(ctx: OrgCtx, pack: string, wanted: string) {
  const { id, version, tag } = await findVersion(ctx, pack, wanted);
  const applied = (await listGroupsEnabling(ctx.db, [id])).length > 0;
  const health = await readVersionHealth(ctx, { pack, version });
  // The last thing, because it may have megabytes, and many requests that wait for the database would have them in memory.
  const published = await readPublished(ctx.db, id);
  return { ...published, pack, version, tag, applied, health };
}
