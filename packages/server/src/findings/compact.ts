import { rankOfSeverity } from "@quillon/contract";
import { type Ctx, type Tx, transaction } from "../context.ts";
import {
  deleteEngineEvents,
  findCompactable,
  findRemoved,
  findToEmpty,
  forgetRemoved,
  setCompacted,
  setEmptied,
} from "../updates/index.ts";
import { deleteResults, insertRunCounts } from "./compaction-queries.ts";
import { divide } from "./part-queries.ts";
import { MOST_POLICIES } from "./report.ts";
import { countReports, type PolicyCounts } from "./report-queries.ts";

/** So much is removed in one transaction, which takes the embedded database less than a second. */
const STEP = { rows: 5_000, bytes: 16 * 1024 * 1024 };

type Compacting = Pick<Ctx, "db" | "log">;

/**
 * Compacts the runs that ended more than so many days ago: counts what their policies reported, and removes their engine events
 * and what those said. Findings, scores and receipts have all that they need of a run when it was settled and has its receipt, so
 * it is not compacted before. Blobs of events are swept when no event names them.
 *
 * @returns a function that does one bounded step, and says whether something is left to do.
 */
export function runCompaction(ctx: Compacting, days: number): () => Promise<boolean> {
  const failed: string[] = [];
  return async () => {
    const begun = await findToEmpty(ctx.db);
    if (begun) {
      await transaction(ctx, (tx) => empty(tx, begun));
      return true;
    }
    const update = await findCompactable(ctx.db, days, failed);
    if (!update) return false;
    try {
      await compact(ctx, update);
    } catch (err) {
      // The others need not wait for one that can't be counted.
      failed.push(update.id);
      ctx.log.error({ err, update: update.id }, "an update could not be compacted");
    }
    return true;
  };
}

async function compact(ctx: Compacting, { id, isRun }: { id: string; isRun: boolean }): Promise<void> {
  const policies = isRun ? await countRun(ctx, id) : undefined;
  await transaction(ctx, async (tx) => {
    if (!(await setCompacted(tx.db, id))) return;
    if (policies) await insertRunCounts(tx.db, id, policies);
    await empty(tx, id);
  });
}

async function empty({ db }: Tx<Compacting>, id: string): Promise<void> {
  if (await removeSome(db, id)) await setEmptied(db, id);
}

/**
 * Removes, in one bounded step, what the events of removed stacks said, and the events. They were unreachable at once.
 *
 * @returns whether something is left to do.
 */
export async function emptyRemoved(ctx: Pick<Ctx, "db">): Promise<boolean> {
  const id = await findRemoved(ctx.db);
  if (id === undefined) return false;
  await transaction(ctx, async ({ db }) => {
    if (await removeSome(db, id)) await forgetRemoved(db, id);
  });
  return true;
}

/** Removes the first events and results of a run. @returns whether none are left. */
async function removeSome(db: Ctx["db"], id: string): Promise<boolean> {
  const eventsLeft = await deleteEngineEvents(db, id, STEP);
  const results = await deleteResults(db, id, STEP.rows);
  return !eventsLeft && results < STEP.rows;
}

/** A run that has ended does not change any more, so its parts need no transaction. */
async function countRun({ db }: Compacting, id: string): Promise<PolicyCounts[]> {
  const parts = await divide(db, id);
  if (parts === 1) return countReports(db, id, { limit: MOST_POLICIES, part: 0, parts });
  const all = new Map<string, PolicyCounts>();
  for (let part = 0; part < parts; part += 1) {
    for (const counts of await countReports(db, id, { limit: MOST_POLICIES, part, parts })) {
      const key = JSON.stringify([counts.pack, counts.tag, counts.policy]);
      const before = all.get(key);
      all.set(key, before ? addCounts(before, counts) : counts);
    }
  }
  const isViolated = ({ mandatory, advisory, excepted = 0 }: PolicyCounts) => mandatory + advisory + excepted > 0;
  return [...all.values()].toSorted((a, b) => Number(isViolated(b)) - Number(isViolated(a))).slice(0, MOST_POLICIES);
}

/** The counts of one policy in two parts of a run. */
export function addCounts(one: PolicyCounts, other: PolicyCounts): PolicyCounts {
  return {
    ...one,
    mandatory: one.mandatory + other.mandatory,
    advisory: one.advisory + other.advisory,
    excepted: (one.excepted ?? 0) + (other.excepted ?? 0),
    remediated: one.remediated + other.remediated,
    notEvaluated: one.notEvaluated + other.notEvaluated,
    passed: one.passed + other.passed,
    severity: rankOfSeverity(other.severity) > rankOfSeverity(one.severity) ? other.severity : one.severity,
  };
}
