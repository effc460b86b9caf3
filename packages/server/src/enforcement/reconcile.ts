import { findRecorded } from "../audit/index.ts";
import { type OrgCtx, type Tx, transaction } from "../context.ts";
import type { Db } from "../db/open.ts";
import { BEFORE_ALL_IDS } from "../db/pages.ts";
import { eachOnce } from "../each-once.ts";
import {
  configText,
  enabledPolicies,
  type JudgedPack,
  listJudged,
  markScores,
  withdrawPacks,
  withdrawPolicies,
} from "../findings/index.ts";
import { readPoliciesOf } from "../packs/index.ts";
import { lockStacks } from "../stacks/index.ts";
import { insertReconciliation, type Reconciliation, takeReconciliation } from "./reconciliation-queries.ts";
import { type EntryOfGroup, requirementsOf } from "./requirements.ts";

/** In stacks. Withdrawing twelve findings of each takes half a second of a processor. */
const STEP = 500;
/** In findings and predictions that are withdrawn in one step. A single stack may have a million. */
const FINDINGS = 10_000;

/**
 * Brings findings and scores up to date with what stacks must run from now on: findings of packs and policies that they need
 * not run any more are withdrawn, what is predicted of them is forgotten, and scores of something else than what must run are stale. It
 * belongs into the transaction of the change, whose event of the audit log is kept with the findings.
 *
 * It looks only at stacks that have something of these packs, and at no more than 500 of them, and withdraws no more than 10,000
 * findings, so that the change does not wait. The others are done by `continueReconciling`, because the change is known then.
 */
export async function reconcilePacks(tx: Tx<OrgCtx>, packs: readonly string[]): Promise<void> {
  if (packs.length === 0) return;
  await step(tx.db, { organizationId: tx.org.id, auditId: await findRecorded(tx), packs: [...packs] });
}

/** Does what changes have left to do, each step in a transaction of its own. */
export async function continueReconciling(ctx: Pick<OrgCtx, "db">): Promise<void> {
  for (let more = true; more; ) {
    more = await transaction(ctx, async ({ db }) => {
      const left = await takeReconciliation(db);
      if (left) await step(db, left);
      return left !== undefined;
    });
  }
}

async function step(db: Db, from: Omit<Reconciliation, "after"> & { after?: string }): Promise<void> {
  const judged = await listJudged(db, { ...from, limit: STEP });
  if (!(await reconcile(db, { ...from, judged })))
    return insertReconciliation(db, { ...from, after: from.after ?? BEFORE_ALL_IDS });
  const after = judged.at(-1)?.stackId;
  const full = new Set(judged.map(({ stackId }) => stackId)).size === STEP;
  if (after && full) await insertReconciliation(db, { ...from, after });
}

/** Like `reconcilePacks`, for all packs of one stack, whose names or tags have changed, or of which an update was settled. */
export async function reconcileStack(
  db: Db,
  of: { organizationId: string; stackId: string; auditId?: string | undefined },
): Promise<void> {
  const { organizationId, stackId, auditId } = of;
  const judged = await listJudged(db, { organizationId, stackId, limit: 1 });
  if (await reconcile(db, { organizationId, auditId, judged })) return;
  const packs = judged.map(({ pack }) => pack);
  await insertReconciliation(db, { organizationId, auditId, packs, after: BEFORE_ALL_IDS });
}

interface Judged {
  organizationId: string;
  auditId: string | undefined;
  judged: readonly JudgedPack[];
}

/** @returns whether that is all. Otherwise there may be more to withdraw. */
async function reconcile(db: Db, { organizationId, auditId, judged }: Judged): Promise<boolean> {
  if (judged.length === 0) return true;
  const stackIds = [...new Set(judged.map(({ stackId }) => stackId))];
  const required = await requirementsOf(db, { organizationId, stackIds });
  const textOf = eachOnce((config) => configText(JSON.parse(config)));
  const pairs = judged.map((was) => ({ was, now: required.get(was.stackId)?.find(({ name }) => name === was.pack) }));
  const gone = pairs.filter(({ now }) => !now).map(({ was }) => was);
  const kept = pairs.flatMap(({ was, now }) => (now ? [{ was, now, stale: isStale(was, now, textOf) }] : []));
  const marks = kept.filter(
    ({ was, now, stale }) => was.version !== null && (stale !== was.stale || now.groupId !== was.groupId),
  );
  const changed = [...gone, ...marks.map(({ was }) => was), ...kept.filter(({ stale }) => stale).map(({ was }) => was)];
  if (changed.length === 0) return true;
  // An update that is being settled opens findings meanwhile.
  await lockStacks(db, [...new Set(changed.map(({ stackId }) => stackId))]);
  let left = FINDINGS - (await withdrawPacks(db, { organizationId, auditId, gone, limit: FINDINGS }));
  for (const { now, stackIds } of groupByEntry(kept.filter(({ stale }) => stale))) {
    const { name: pack, version } = now;
    const policies = (await readPoliciesOf(db, organizationId, [{ pack, version }])).get(pack) ?? [];
    const names = enabledPolicies(policies, now.config === null ? undefined : JSON.parse(now.config));
    const of = { organizationId, auditId, pack, kept: names.map(({ name }) => name), stackIds, limit: left };
    left -= await withdrawPolicies(db, of);
  }
  await markScores(
    db,
    marks.map(({ was, now, stale }) => ({ stackId: was.stackId, pack: was.pack, groupId: now.groupId, stale })),
  );
  return left > 0;
}

function isStale(was: JudgedPack, now: EntryOfGroup, textOf: (config: string) => string | null): boolean {
  return (
    was.version !== now.version ||
    was.config !== (now.config === null ? null : textOf(now.config)) ||
    JSON.stringify(was.environments) !== JSON.stringify(now.environments)
  );
}

function groupByEntry(kept: readonly { was: JudgedPack; now: EntryOfGroup }[]) {
  const groups = new Map<string, { now: EntryOfGroup; stackIds: string[] }>();
  for (const { was, now } of kept) {
    const key = `${now.groupId} ${now.packId}`;
    const group = groups.get(key) ?? { now, stackIds: [] };
    group.stackIds.push(was.stackId);
    groups.set(key, group);
  }
  return groups.values();
}
