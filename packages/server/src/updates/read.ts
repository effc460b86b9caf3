import { newError, type UpdateStatus } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { qualifiedName } from "../stacks/index.ts";
import { findDeployment, type HistoryEntry, listHistory } from "./history-queries.ts";
import { findUpdate } from "./queries.ts";

/**
 * The stack's real updates, newest first.
 *
 * @param input.pageSize 0 for all of them.
 * @param input.page counts from 1.
 */
export function readHistory({ db, stack }: StackCtx, { pageSize = 0, page = 1 }): Promise<HistoryEntry[]> {
  return listHistory(db, stack.id, pageSize > 0 ? { size: pageSize, number: Math.max(page, 1) } : undefined);
}

/**
 * The stack's last deployment, with its configuration. Imports and renames, which have none, are not deployments.
 *
 * @throws update_none
 */
export async function readDeployment(ctx: StackCtx): Promise<HistoryEntry> {
  const deployment = await findDeployment(ctx.db, ctx.stack.id);
  if (!deployment) throw newError("update_none", { stack: qualifiedName(ctx) });
  return deployment;
}

/** An update's status, and whether it has ended. @throws update_not_found */
export async function readProgress(
  { db, stack }: StackCtx,
  update: string,
): Promise<{ status: UpdateStatus; ended: boolean }> {
  const found = await findUpdate(db, stack.id, update);
  if (!found) throw newError("update_not_found", { update });
  const { status } = found;
  return { status, ended: status !== "not-started" && status !== "running" };
}
