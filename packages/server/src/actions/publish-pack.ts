import { warnings } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import { reconcilePacks } from "../enforcement/index.ts";
import { updateFollowers } from "../groups/index.ts";
import { writeJson } from "../json/write.ts";
import { announce, policyPackKind } from "../notify/index.ts";
import { BILL_ENTRY, checkUpload, lockPack, publishVersion, versionName } from "../packs/index.ts";
import { nextPolicyChange } from "../people/index.ts";
import { tellOfGroup } from "./change-group.ts";

/**
 * Publishes an uploaded version of a pack: what the CLI calls `complete`. The groups that follow the pack
 * enable it in the same transaction.
 *
 * @returns what its publisher should know: that its bill of materials can't be read, and one sentence for each group that could not enable it because its configuration is not valid for it. Such a group
 * keeps its version, and the audit log says so.
 * @throws pack_not_reserved, pack_not_uploaded, archive_invalid, archive_missing, upload_finished
 */
export async function publishPack(ctx: OrgCtx, pack: string, segment: string): Promise<string[]> {
  const checked = await checkUpload(ctx, pack, segment);
  if (!checked) return [];
  return transaction(ctx, async (tx) => {
    const change = await nextPolicyChange(tx.db, tx.org.id);
    await lockPack(tx.db, tx.org.id, pack);
    const version = await publishVersion(tx, checked);
    if (!version) return [];
    await recordAudit(tx, {
      event: "Policy Pack Published",
      description: `Policy pack ${pack} ${versionName(version)}`,
      after: writeJson({
        policyPack: pack,
        version: version.version,
        versionTag: version.tag ?? "",
        sha256: version.sha256,
      }),
    });
    await announce(tx, policyPackKind, { action: "published", pack, versions: [versionName(version)] });
    const refusals = await updateFollowers(tx, { pack, version, change }, tellOfGroup);
    await reconcilePacks(tx, [pack]);
    const { billProblem: found } = checked.facts;
    if (found === undefined) return refusals;
    return [warnings.pack_bill_unread({ pack, version: versionName(version), file: BILL_ENTRY, found }), ...refusals];
  });
}
