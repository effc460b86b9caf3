import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { checkUpload, lockPack, nameOf, type PublishedVersion, publishVersion, readPolicies } from "../packs/index.ts";
import { describeProblems, findConfigProblems } from "./config.ts";
import { recordEdit } from "./edit.ts";
import { listEnabled, listFollowersBehind, upsertEnabled } from "./pack-queries.ts";
import { nextChange, readGroup } from "./queries.ts";
import { takeSnapshot } from "./snapshot.ts";

/**
 * Publishes an uploaded version. The groups that follow the pack have it in effect from the same moment on.
 *
 * @returns the groups that could not take it, each with the reason: their configuration does not fit. They keep what they
 * had, and the log says so.
 */
export async function completePack(ctx: OrgCtx, pack: string, segment: string): Promise<string[]> {
  const checked = await checkUpload(ctx, pack, segment);
  if (!checked) return [];
  return transaction(ctx, async (trx) => {
    const change = await nextChange(trx.db, trx.org.id);
    await lockPack(trx.db, trx.org.id, pack);
    const version = await publishVersion(trx, checked);
    if (!version) return [];
    await recordAudit(trx, {
      event: "Policy Pack Published",
      description: `Policy pack ${pack} ${nameOf(version)}`,
      after: writeJson({
        policyPack: pack,
        version: version.version,
        versionTag: version.tag ?? "",
        sha256: version.sha256,
      }),
    });
    const left: string[] = [];
    for (const groupId of await listFollowersBehind(trx.db, version.packId, version.version)) {
      const problem = await follow(trx, version, { pack, groupId, change });
      if (problem) left.push(problem);
    }
    return left;
  });
}

async function follow(
  trx: OrgCtx,
  version: PublishedVersion,
  { pack, groupId, change }: { pack: string; groupId: string; change: string },
): Promise<string | undefined> {
  const group = await readGroup(trx.db, groupId);
  const entry = (await listEnabled(trx.db, groupId)).find(({ name }) => name === pack);
  if (!entry) return undefined;
  const config = entry.config === null ? undefined : JSON.parse(entry.config);
  const problems = findConfigProblems(await readPolicies(trx.db, version.id), config);
  if (problems.length > 0) {
    const sentence = `Policy group ${group.name} stays on ${nameOf(entry)} of policy pack ${pack}, for its configuration does not fit ${nameOf(version)}: ${describeProblems(problems)}`;
    await recordAudit(trx, { event: "Policy Group Updated", description: sentence });
    return sentence;
  }
  const before = await takeSnapshot(trx.db, group);
  const { packId, follows, environments } = entry;
  const same = { groupId, packId, config: entry.config, follows, environments };
  await upsertEnabled(trx.db, { ...same, versionId: version.id, change });
  await recordEdit({ trx, group, change }, before, ", for the group follows it");
  return undefined;
}
