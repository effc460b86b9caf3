import { newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import { listGroupsEnabling } from "../groups/index.ts";
import { writeJson } from "../json/write.ts";
import { announce, policyPackKind } from "../notify/index.ts";
import { discardBlobs, findVersion, listVersions, lockPack, markRemoved, versionName } from "../packs/index.ts";
import { nextPolicyChange } from "../people/index.ts";

/**
 * Removes one published version that no group has enabled. It stays on record and can't be published again.
 *
 * @throws pack_not_found, pack_version_not_found, pack_version_enabled
 */
export async function removePackVersion(ctx: OrgCtx, pack: string, wanted: string): Promise<void> {
  const blobs = await transaction(ctx, async (tx) => {
    await nextPolicyChange(tx.db, tx.org.id);
    await lockPack(tx.db, tx.org.id, pack);
    const version = await findVersion(tx, pack, wanted);
    const groups = await listGroupsEnabling(tx.db, [version.id]);
    if (groups.length > 0) {
      throw newError("pack_version_enabled", { pack, version: versionName(version), groups: describe(groups) });
    }
    const { version: integer, tag } = version;
    await recordAudit(tx, {
      event: "Policy Pack Version Removed",
      description: `Policy pack ${pack} ${versionName(version)}`,
      before: writeJson({ policyPack: pack, version: integer, versionTag: tag ?? "" }),
    });
    await announce(tx, policyPackKind, { action: "removed", pack, versions: [versionName(version)] });
    return markRemoved(tx.db, [version.id], tx.actor.userId);
  });
  await discardBlobs(ctx, blobs);
}

/**
 * Removes all published versions of a pack at once, or none when a group has one enabled.
 *
 * @throws pack_not_found, pack_enabled
 */
export async function removePack(ctx: OrgCtx, pack: string): Promise<void> {
  const blobs = await transaction(ctx, async (tx) => {
    await nextPolicyChange(tx.db, tx.org.id);
    const packId = await lockPack(tx.db, tx.org.id, pack);
    const versions = packId ? await listVersions(tx.db, packId) : [];
    const published = versions.filter(({ status }) => status === "completed");
    const ids = published.map(({ id }) => id);
    if (published.length === 0) throw newError("pack_not_found", { pack, organization: tx.org.name });
    const groups = await listGroupsEnabling(tx.db, ids);
    if (groups.length > 0) throw newError("pack_enabled", { pack, groups: describe(groups) });
    await recordAudit(tx, {
      event: "Policy Pack Removed",
      description: `Policy pack ${pack}, ${published.map(versionName).join(", ")}`,
      before: writeJson({
        policyPack: pack,
        versions: published.map(({ version, tag }) => ({ version, versionTag: tag ?? "" })),
      }),
    });
    await announce(tx, policyPackKind, { action: "removed", pack, versions: published.map(versionName) });
    return markRemoved(tx.db, ids, tx.actor.userId);
  });
  await discardBlobs(ctx, blobs);
}

function describe(groups: string[]): string {
  return `policy group${groups.length > 1 ? "s" : ""} ${groups.join(", ")}`;
}
