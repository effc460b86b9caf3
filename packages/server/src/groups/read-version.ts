import type { OrgCtx } from "../context.ts";
import { findVersion, readPublished } from "../packs/index.ts";
import { listGroupsEnabling } from "./pack-queries.ts";

/** A published version with all that was published of it, and whether a group has it enabled. */
export async function readVersion(ctx: OrgCtx, pack: string, wanted: string) {
  const { id, version, tag } = await findVersion(ctx, pack, wanted);
  const { metadata, ...facts } = await readPublished(ctx.db, id);
  const applied = (await listGroupsEnabling(ctx.db, [id])).length > 0;
  const { displayName = "" } = metadata;
  return { ...metadata, name: pack, displayName, version, versionTag: tag ?? "", applied, ...facts };
}
