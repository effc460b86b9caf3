import { fail } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { buryVersions, discardBlobs, findVersion, listVersions, lockPack, nameOf } from "../packs/index.ts";
import { listGroupsEnabling } from "./pack-queries.ts";
import { nextChange } from "./queries.ts";

/** Removes one published version, which nobody may have enabled. It stays on record and can't be published again. */
export async function removePackVersion(ctx: OrgCtx, pack: string, wanted: string): Promise<void> {
  const blobs = await transaction(ctx, async (trx) => {
    await nextChange(trx.db, trx.org.id);
    await lockPack(trx.db, trx.org.id, pack);
    const version = await findVersion(trx, pack, wanted);
    const groups = await listGroupsEnabling(trx.db, [version.id]);
    if (groups.length > 0) {
      throw fail("pack_version_enabled", { pack, version: nameOf(version), groups: describe(groups) });
    }
    const { version: integer, tag } = version;
    await recordAudit(trx, {
      event: "Policy Pack Version Removed",
      description: `Policy pack ${pack} ${nameOf(version)}`,
      before: writeJson({ policyPack: pack, version: integer, versionTag: tag ?? "" }),
    });
    return buryVersions(trx.db, [version.id], trx.actor.userId);
  });
  await discardBlobs(ctx, blobs);
}

/** Removes all published versions of a pack at once, or none when a group has one enabled. */
export async function removePack(ctx: OrgCtx, pack: string): Promise<void> {
  const blobs = await transaction(ctx, async (trx) => {
    await nextChange(trx.db, trx.org.id);
    const packId = await lockPack(trx.db, trx.org.id, pack);
    const versions = packId ? await listVersions(trx.db, packId) : [];
    const published = versions.filter(({ status }) => status === "completed");
    const ids = published.map(({ id }) => id);
    if (published.length === 0) throw fail("pack_not_found", { pack, organization: trx.org.name });
    const groups = await listGroupsEnabling(trx.db, ids);
    if (groups.length > 0) throw fail("pack_enabled", { pack, groups: describe(groups) });
    await recordAudit(trx, {
      event: "Policy Pack Removed",
      description: `Policy pack ${pack}, ${published.map(nameOf).join(", ")}`,
      before: writeJson({
        policyPack: pack,
        versions: published.map(({ version, tag }) => ({ version, versionTag: tag ?? "" })),
      }),
    });
    return buryVersions(trx.db, ids, trx.actor.userId);
  });
  await discardBlobs(ctx, blobs);
}

function describe(groups: string[]): string {
  return `policy group${groups.length > 1 ? "s" : ""} ${groups.join(", ")}`;
}
