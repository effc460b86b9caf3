import { newError, type UpdateStatus } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { qualifiedName } from "../stacks/index.ts";
import { findUpdate, type HistoryEntry, listHistory } from "./queries.ts";

/** The stack's real updates, newest first; all of them unless a page size above 0 is given. Pages count from 1. */
export function readHistory({ db, stack }: StackCtx, { pageSize = 0, page = 1 }): Promise<HistoryEntry[]> {
  return listHistory(db, stack.id, pageSize > 0 ? { size: pageSize, number: Math.max(page, 1) } : undefined);
}

/** @throws update_none */
export async function readLatest(ctx: StackCtx): Promise<HistoryEntry> {
  const [latest] = await readHistory(ctx, { pageSize: 1 });
  if (!latest) throw newError("update_none", { stack: qualifiedName(ctx) });
  return latest;
}

/** What has become of an update. @throws update_not_found */
export async function readProgress(
  { db, stack }: StackCtx,
  update: string,
): Promise<{ status: UpdateStatus; ended: boolean }> {
  const found = await findUpdate(db, stack.id, update);
  if (!found) throw newError("update_not_found", { update });
  return { status: found.status, ended: found.status !== "not-started" && found.status !== "running" };
}
