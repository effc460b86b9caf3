import type { Db } from "../db/open.ts";
import { canonical } from "../json-schema/index.ts";
import { readPoliciesOf } from "../packs/index.ts";
import { type RecordedPack, readRecorded, type Unsettled } from "../updates/index.ts";
import {
  countPolicies,
  countResources,
  countStack,
  listScored,
  type ScoredPack,
  setScore,
  setScored,
} from "./count-queries.ts";
import {
  forgetDeleted,
  forgetPacksBut,
  hasDeployed,
  keepAnalyses,
  keepStackAnalyses,
  listAnalyzed,
} from "./evaluation-queries.ts";
import type { UpdatePart } from "./part-queries.ts";
import { readPackFailures } from "./read-pack-failures.ts";
import { enabledPolicies, stateOf } from "./score.ts";

/**
 * Keeps what a real run said of the resources of a part that it deployed. Resources that it did not evaluate keep what was said
 * of them before. With the last part, the scores of its stack are counted again.
 */
export async function evaluate(db: Db, update: UpdatePart): Promise<void> {
  if (update.loadsPacks) await keepAnalyses(db, update);
  if (update.part === update.parts - 1) await score(db, { ...update, part: 0, parts: 1 });
}

/** @param update as one part. */
async function score(db: Db, update: UpdatePart): Promise<void> {
  const { stackId } = update;
  const changed = await forgetDeleted(db, update);
  if (update.loadsPacks) {
    const required = readRecorded(update.required).map(scoredPack);
    const analyzed = await listAnalyzed(db, update);
    await keepStackAnalyses(db, update);
    await forgetPacksBut(
      db,
      stackId,
      required.map(({ pack }) => pack),
    );
    // A run that succeeded has asked every pack, also when there was nothing to ask about. When there was, it has left out the others.
    const hasAskedAll = update.succeeded && !(await hasDeployed(db, update));
    for (const pack of required) {
      const tag = analyzed.get(pack.pack);
      if (tag === undefined && !hasAskedAll) continue;
      await setScored(db, stackId, { ...pack, tag: tag ?? pack.tag }, update.endedAt);
      changed.push(pack.pack);
    }
    if (update.failed && analyzed.size === 0) await noteNotLoaded(db, update, required);
  }
  await countScores(db, { stackId, organizationId: update.organizationId, packs: changed });
}

function scoredPack({ pack, version, tag, config, environments }: RecordedPack): ScoredPack {
  return { pack, version, tag: tag ?? String(version), config: configText(config), environments };
}

/** One text for all configurations that are equal. Null for none. */
export function configText(config: unknown): string | null {
  return config === undefined || config === null ? null : canonical(config);
}

/** A pack that failed while it ran has been loaded, and what it evaluated counts. */
async function noteNotLoaded(db: Db, update: Unsettled, required: readonly ScoredPack[]): Promise<void> {
  const failures = await readPackFailures(db, update.id, readRecorded(update.required));
  const broken = new Set(
    failures.filter(({ stage }) => stage === "load" || stage === "configure").map(({ pack }) => pack),
  );
  for (const pack of required.filter((one) => broken.has(one.pack)))
    await setScored(db, update.stackId, pack, "broken");
}

/** Counts the scores of these packs from the evaluations of their stack. */
export async function countScores(
  db: Db,
  { stackId, organizationId, packs }: { stackId: string; organizationId: string; packs: readonly string[] },
): Promise<void> {
  const scored = await listScored(db, stackId, packs);
  const described = await readPoliciesOf(db, organizationId, scored);
  for (const { pack, config } of scored) {
    const enabled = enabledPolicies(described.get(pack) ?? [], config === null ? undefined : JSON.parse(config));
    const counts = new Map((await countPolicies(db, stackId, pack)).map((count) => [count.policy, count]));
    const policies = enabled.map((policy) => {
      const count = counts.get(policy.name);
      const { governed = 0, failing = 0, excepted = 0 } = count ?? {};
      return { ...policy, governed, failing, excepted, state: stateOf(count) };
    });
    const resources = await countResources(db, { stackId, pack, policies: enabled.map(({ name }) => name) });
    await setScore(db, { stackId, pack }, { policies, resources });
  }
  if (packs.length > 0) await countStack(db, stackId);
}
