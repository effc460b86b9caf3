import { fail } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import type { UpdateStatus } from "../db/schema.ts";
import { titleOf, unixSeconds } from "../stacks/index.ts";
import { findUpdate, listHistory } from "./queries.ts";

/** A cancelled update counts as failed in a history, as in Pulumi's own service. */
const results: Record<UpdateStatus, string> = {
  "not-started": "not-started",
  running: "in-progress",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "failed",
};

/** The stack's real updates, newest first; all of them unless a page size above 0 is given. Pages count from 1. */
export async function readHistory({ db, stack }: StackCtx, { pageSize = 0, page = 1 }) {
  const rows = await listHistory(
    db,
    stack.id,
    pageSize > 0 ? { size: pageSize, number: Math.max(page, 1) } : undefined,
  );
  return rows.map((row) => ({
    kind: row.kind,
    startTime: unixSeconds(row.startedAt),
    message: row.message,
    environment: row.environment,
    config: row.config,
    result: results[row.status],
    endTime: unixSeconds(row.endedAt),
    version: row.version,
    ...(row.resourceChanges && { resourceChanges: row.resourceChanges }),
    ...(row.resourceCount !== null && { resourceCount: row.resourceCount }),
  }));
}

/** @throws update_none */
export async function readLatest(ctx: StackCtx) {
  const [info] = await readHistory(ctx, { pageSize: 1 });
  if (!info) throw fail("update_none", { stack: titleOf(ctx) });
  return info;
}

/** Where an update stands, in the CLI's words. @throws update_not_found */
export async function readProgress(
  { db, stack }: StackCtx,
  update: string,
): Promise<{ status: string; ended: boolean }> {
  const found = await findUpdate(db, stack.id, update);
  if (!found) throw fail("update_not_found", { update });
  const { status } = found;
  if (status === "not-started") return { status: "not started", ended: false };
  return { status, ended: status !== "running" };
}
