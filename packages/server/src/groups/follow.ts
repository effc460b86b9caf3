import { warnings } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import type { OrgCtx, Tx } from "../context.ts";
import { checkConfig, describeProblems, type PublishedVersion, readPolicies, versionName } from "../packs/index.ts";
import { recordEdit } from "./edit.ts";
import { LONGEST_EDIT, type TellOfGroup } from "./edit-ctx.ts";
import { listEnabled, listFollowersBehind, upsertEnabled } from "./pack-queries.ts";
import { readGroup } from "./queries.ts";
import { takeSnapshot } from "./snapshot.ts";

interface NewVersion {
  pack: string;
  version: PublishedVersion;
  /** The organization's change counter for the publish. */
  change: string;
}

/**
 * Gives a version that was just published to the groups that follow its pack.
 *
 * @returns one sentence for each group that could not take it because its configuration does not fit.
 */
export async function updateFollowers(tx: Tx<OrgCtx>, published: NewVersion, tell: TellOfGroup): Promise<string[]> {
  const { packId, version } = published.version;
  const refusals: string[] = [];
  const began = performance.now();
  for (const groupId of await listFollowersBehind(tx.db, packId, version)) {
    const refusal = await updateFollower({ tx, groupId, tell, began }, published);
    if (refusal) refusals.push(refusal);
  }
  return refusals;
}

async function updateFollower(
  { tx, groupId, tell, began }: { tx: Tx<OrgCtx>; groupId: string; tell: TellOfGroup; began: number },
  { pack, version, change }: NewVersion,
): Promise<string | undefined> {
  const group = await readGroup(tx.db, groupId);
  const entry = (await listEnabled(tx.db, groupId)).find(({ name }) => name === pack);
  if (!entry) return undefined;
  const config = entry.config === null ? undefined : JSON.parse(entry.config);
  const problems =
    performance.now() - began < LONGEST_EDIT * 1000
      ? describeProblems(await checkConfig(tx, await readPolicies(tx.db, version.id), config))
      : `to check the groups before it took more than ${LONGEST_EDIT} seconds`;
  if (problems) {
    const sentence = warnings.group_stays({
      group: group.name,
      pack,
      enabled: versionName(entry),
      published: versionName(version),
      problems,
    });
    await recordAudit(tx, { event: "Policy Group Updated", description: sentence });
    return sentence;
  }
  const before = await takeSnapshot(tx.db, group);
  const { packId, follows, environments } = entry;
  await upsertEnabled(tx.db, {
    groupId,
    packId,
    versionId: version.id,
    config: entry.config,
    follows,
    environments,
    change,
  });
  const changes = await recordEdit({ tx, group, change }, before, ", because the group follows it");
  if (changes.length > 0) await tell(tx, { action: "updated", group: group.name, changes });
  return undefined;
}
