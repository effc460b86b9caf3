import type { Ctx, Tx } from "../context.ts";
import { type FindingChange, settleEnded, settleFindings } from "../findings/index.ts";
import { announce, policyViolationKind, updateKind } from "../notify/index.ts";
import { endExpiredUpdates, type Unsettled } from "../updates/index.ts";

type Settling = Pick<Ctx, "db" | "log" | "url">;

/** Brings the findings of a stack up to date with its updates that have ended, and tells webhooks of both. */
export function settleStack(ctx: Settling, stackId: string): Promise<void> {
  return settleFindings(ctx, stackId, tell);
}

/** Ends updates whose lease has expired, and does the same for every stack. */
export async function settleAll(ctx: Settling): Promise<void> {
  await endExpiredUpdates(ctx);
  await settleEnded(ctx, tell);
}

async function tell(tx: Tx<Settling>, update: Unsettled, changes: readonly FindingChange[]): Promise<void> {
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
