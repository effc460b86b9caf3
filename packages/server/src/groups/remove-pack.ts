import { fail } from "@quillon/contract";
import { type OrgCtx, transaction } from "../context.ts";
import { buryVersions, findVersion, listVersions, lockPack, nameOf } from "../packs/index.ts";
import { listGroupsEnabling } from "./queries.ts";

/** Removes one published version, which nobody may have enabled. It stays on record and can't be published again. */
export async function removePackVersion(ctx: OrgCtx, pack: string, wanted: string): Promise<void> {
  const blobs = await transaction(ctx, async (inside) => {
    await lockPack(inside.db, ctx.org.id, pack);
    const version = await findVersion(inside, pack, wanted);
    const groups = await listGroupsEnabling(inside.db, [version.id]);
    if (groups.length > 0) {
      throw fail("pack_version_enabled", { pack, version: nameOf(version), groups: describe(groups) });
    }
    return buryVersions(inside.db, [version.id], ctx.actor.userId);
  });
  await Promise.all(blobs.map((blob) => ctx.blobs.remove(blob)));
}

/** Removes all published versions of a pack at once, or none when a group has one enabled. */
export async function removePack(ctx: OrgCtx, pack: string): Promise<void> {
  const blobs = await transaction(ctx, async (inside) => {
    const packId = await lockPack(inside.db, ctx.org.id, pack);
    const versions = packId ? await listVersions(inside.db, packId) : [];
    const published = versions.filter(({ status }) => status === "completed").map(({ id }) => id);
    if (published.length === 0) throw fail("pack_not_found", { pack, organization: ctx.org.name });
    const groups = await listGroupsEnabling(inside.db, published);
    if (groups.length > 0) throw fail("pack_enabled", { pack, groups: describe(groups) });
    return buryVersions(inside.db, published, ctx.actor.userId);
  });
  await Promise.all(blobs.map((blob) => ctx.blobs.remove(blob)));
}

function describe(groups: string[]): string {
  return `policy group${groups.length > 1 ? "s" : ""} ${groups.join(", ")}`;
}
