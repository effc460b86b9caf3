import { type Ctx, type Tx, transaction } from "../context.ts";
import { continueReconciling, type Made, makeReceipts, reconcileStack } from "../enforcement/index.ts";
import { recordLapsed } from "../exceptions/index.ts";
import {
  continueWithdrawing,
  type FindingChange,
  type HealthChange,
  settleFindings,
  upkeepFindings,
} from "../findings/index.ts";
import { sumPlaceCounts } from "../groups/index.ts";
import {
  announce,
  packHealthKind,
  policyViolationKind,
  receiptKind,
  receiptStreakKind,
  updateKind,
} from "../notify/index.ts";
import { lockStack } from "../stacks/index.ts";
import { foldEnded } from "../state/index.ts";
import { endExpiredUpdates, listUnsettled, type Unsettled } from "../updates/index.ts";

import { continueRenaming } from "./rename-findings.ts";
import { tellOfExceptions } from "./tell-of-exceptions.ts";
import { tellOfReopened } from "./tell-of-reopened.ts";

type Telling = Pick<Ctx, "db" | "log" | "url" | "metrics">;
type Settling = Telling & Pick<Ctx, "keys" | "blobs" | "workers">;

/**
 * Brings the findings and scores of a stack up to date with its updates that have ended, tells webhooks of both, and makes the
 * receipts of the updates. It never throws.
 */
export async function settleStack(ctx: Settling, stackId: string): Promise<void> {
  await foldEnded(ctx, stackId);
  await settleScores(ctx, stackId);
  await makeReceipts(ctx, tellOfReceipt, stackId);
}

/**
 * Ends updates whose lease has expired, and does the same for every stack whose updates ended without it. Large changes of groups and
 * removed stacks have left something to do, which may take minutes: so a server does each of these beside the others.
 */
export const regularly: readonly ((ctx: Settling) => Promise<unknown>)[] = [
  settleEnded,
  (ctx) => foldEnded(ctx),
  continueReconciling,
  continueWithdrawing,
  continueRenaming,
  tellOfExceptions,
  recordLapsed,
  (ctx) => upkeepFindings(ctx, tellOfReopened()),
  ({ db }) => sumPlaceCounts(db),
];

/** Does all of it, one after the other. */
export async function settleAll(ctx: Settling): Promise<void> {
  for (const work of regularly) await work(ctx);
}

async function settleEnded(ctx: Settling): Promise<void> {
  await endExpiredUpdates(ctx);
  const stacks = new Set((await listUnsettled(ctx.db)).map(({ stackId }) => stackId));
  for (const stackId of stacks) await settleScores(ctx, stackId);
  await makeReceipts(ctx, tellOfReceipt);
}

/** Groups may have been edited while an update ran, so what was settled is compared with what the stack must run now. */
async function settleScores(ctx: Telling, stackId: string): Promise<void> {
  try {
    const unsettled = await listUnsettled(ctx.db, stackId);
    await settleFindings(ctx, stackId, tell);
    const real = unsettled.find(({ dryRun }) => !dryRun);
    if (!real) return;
    await transaction(ctx, async ({ db }) => {
      await lockStack(db, stackId);
      await reconcileStack(db, { organizationId: real.organizationId, stackId });
    });
  } catch (err) {
    ctx.log.error({ err, stack: stackId }, "the scores of a stack could not be compared with what it must run");
  }
}

async function tell(
  tx: Tx<Telling>,
  update: Unsettled,
  changes: readonly FindingChange[],
  health: readonly HealthChange[],
): Promise<void> {
  const { id, stackId, organizationId, organization, project, stack: name, login } = update;
  const stack = { id: stackId, project, name };
  const ofOrganization = {
    ...tx,
    org: { id: organizationId, name: organization },
    actor: login === null ? undefined : { login, name: update.name ?? "" },
  };
  const announcer = { ...ofOrganization, stack };
  const { kind, dryRun, status, version } = update;
  const ended = { id, kind, dryRun, status, version, resourceChanges: update.resourceChanges ?? {} };
  await announce(announcer, updateKind, ended);
  await announce(announcer, policyViolationKind, { update: ended, changes });
  for (const change of health) await announce(ofOrganization, packHealthKind, { change, update: ended, stack });
  tx.metrics.updateEnded(update);
}

const tellOfReceipt: Made<Settling> = async (tx, update, { streak, ...receipt }) => {
  const { id, kind, dryRun, version, outcome, stackId, organizationId, organization, project, stack } = update;
  const announcer = {
    ...tx,
    org: { id: organizationId, name: organization },
    stack: { id: stackId, project, name: stack },
  };
  const status = outcome === "expired" ? "failed" : outcome;
  const ended = { id, kind, dryRun, version, status } as const;
  await announce(announcer, receiptKind, { update: ended, ...receipt });
  if (streak) await announce(announcer, receiptStreakKind, { update: ended, ...streak });
  tx.metrics.receiptMade(receipt.status);
};
