import type { OrgCtx } from "../context.ts";
import { listGroupsEnabling } from "../groups/index.ts";
import { findVersion, readPublished } from "../packs/index.ts";

/**
 * A published version with all that was published of it, and whether a group has it enabled.
 *
 * @throws pack_not_found, pack_version_not_found
 */
export async function readPackVersion(ctx: OrgCtx, pack: string, wanted: string) {
  const { id, version, tag } = await findVersion(ctx, pack, wanted);
  const published = await readPublished(ctx.db, id);
  const applied = (await listGroupsEnabling(ctx.db, [id])).length > 0;
  return { ...published, pack, version, tag, applied };
}
