import type { Db } from "../db/open.ts";
import { canonical } from "../json-schema/index.ts";
import { readPoliciesOf } from "../packs/index.ts";
import { readFirstEvents, type Unsettled } from "../updates/index.ts";
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
  keepAnalyses,
  keepStackAnalyses,
  listAnalyzed,
  moveEvaluations,
} from "./evaluation-queries.ts";
import { packsNotLoaded } from "./load-failure.ts";
import { enabledPolicies, stateOf } from "./score.ts";

/** What is read of each pack that an update had to run. */
type Recorded = { name: string; version: number; versionTag?: string; config?: unknown; environments?: string[] }[];

/** In events. A run that could not load its packs has one for each, and some diagnostics. */
const BEGINNING = 200;

/**
 * Keeps what a real run said of the resources that it deployed, and counts the scores of its stack again. Resources that it did
 * not evaluate keep what was said of them before.
 */
export async function evaluate(db: Db, update: Unsettled): Promise<void> {
  const { stackId } = update;
  await moveEvaluations(db, update);
  const changed = await forgetDeleted(db, update);
  if (update.loadsPacks) {
    const required = scoredPacks(update.requiredPolicies as Recorded);
    const analyzed = await listAnalyzed(db, update);
    await keepAnalyses(db, update);
    await keepStackAnalyses(db, update);
    await forgetPacksBut(
      db,
      stackId,
      required.map(({ pack }) => pack),
    );
    for (const pack of required) {
      const tag = analyzed.get(pack.pack);
      // A run that succeeded has asked every pack, also when there was nothing to ask about.
      if (tag === undefined && !update.succeeded) continue;
      await setScored(db, stackId, { ...pack, tag: tag ?? pack.tag }, update.endedAt);
      changed.push(pack.pack);
    }
    if (update.failed && analyzed.size === 0) await noteNotLoaded(db, update, required);
  }
  await countScores(db, { stackId, organizationId: update.organizationId, packs: changed });
}

function scoredPacks(recorded: Recorded): ScoredPack[] {
  return recorded.map(({ name, version, versionTag, config, environments }) => ({
    pack: name,
    version,
    tag: versionTag || String(version),
    config: configText(config),
    environments: environments ?? [],
  }));
}

/** One text for all configurations that are equal. Null for none. */
export function configText(config: unknown): string | null {
  return config === undefined || config === null ? null : canonical(config);
}

async function noteNotLoaded(db: Db, update: Unsettled, required: readonly ScoredPack[]): Promise<void> {
  const events = await readFirstEvents(db, update.id, BEGINNING);
  const broken = packsNotLoaded(
    events,
    required.map(({ pack }) => pack),
  );
  for (const pack of required.filter((one) => broken.includes(one.pack)))
    await setScored(db, update.stackId, pack, "broken");
}

/** Counts the scores of these packs from the evaluations of their stack. */
async function countScores(
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
      return { ...policy, governed: count?.governed ?? 0, failing: count?.failing ?? 0, state: stateOf(count) };
    });
    const resources = await countResources(db, { stackId, pack, policies: enabled.map(({ name }) => name) });
    await setScore(db, { stackId, pack }, { policies, resources });
  }
  if (packs.length > 0) await countStack(db, stackId);
}
