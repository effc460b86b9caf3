import type { Ctx, Tx } from "../context.ts";
import { makeReceipts } from "../enforcement/index.ts";
import { type FindingChange, settleEnded, settleFindings } from "../findings/index.ts";
import { announce, policyViolationKind, updateKind } from "../notify/index.ts";
import { endExpiredUpdates, type Unsettled } from "../updates/index.ts";

type Telling = Pick<Ctx, "db" | "log" | "url">;
type Settling = Telling & Pick<Ctx, "keys" | "blobs" | "workers">;

/**
 * Brings the findings of a stack up to date with its updates that have ended, tells webhooks of both, and makes the receipts of
 * the updates.
 */
export async function settleStack(ctx: Settling, stackId: string): Promise<void> {
  await settleFindings(ctx, stackId, tell);
  await makeReceipts(ctx, stackId);
}

/** Ends updates whose lease has expired, and does the same for every stack. */
export async function settleAll(ctx: Settling): Promise<void> {
  await endExpiredUpdates(ctx);
  await settleEnded(ctx, tell);
  await makeReceipts(ctx);
}

async function tell(tx: Tx<Telling>, update: Unsettled, changes: readonly FindingChange[]): Promise<void> {
  const { id, stackId, organizationId, organization, project, stack, login, name } = update;
  const announcer = {
    ...tx,
    org: { id: organizationId, name: organization },
    stack: { id: stackId, project, name: stack },
    actor: login === null ? undefined : { login, name: name ?? "" },
  };
  const { kind, dryRun, status, version } = update;
  const ended = { id, kind, dryRun, status, version, resourceChanges: update.resourceChanges ?? {} };
  await announce(announcer, updateKind, ended);
  await announce(announcer, policyViolationKind, { update: ended, changes });
}
