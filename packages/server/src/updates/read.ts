import { isUuid, newError, type UpdateStatus } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { qualifiedName } from "../stacks/index.ts";
import { type HistoryEntry, listHistory } from "./history-queries.ts";
import { findUpdate, findUpdateByVersion } from "./queries.ts";

/**
 * The stack's real updates, newest first.
 *
 * @param input.pageSize 0 for all of them.
 * @param input.page counts from 1.
 */
export function readHistory({ db, stack }: StackCtx, { pageSize = 0, page = 1 }): Promise<HistoryEntry[]> {
  return listHistory(db, stack.id, pageSize > 0 ? { size: pageSize, number: Math.max(page, 1) } : undefined);
}

/** The stack's newest real update. @throws update_none */
export async function readLatest(ctx: StackCtx): Promise<HistoryEntry> {
  const [latest] = await readHistory(ctx, { pageSize: 1 });
  if (!latest) throw newError("update_none", { stack: qualifiedName(ctx) });
  return latest;
}

/**
 * The id of the update with this id or version.
 *
 * @throws update_not_found
 */
export async function findUpdateId({ db, stack }: StackCtx, update: string): Promise<string> {
  if (isUuid(update)) return update;
  const id = /^[1-9][0-9]{0,8}$/.test(update) ? await findUpdateByVersion(db, stack.id, Number(update)) : undefined;
  if (!id) throw newError("update_not_found", { update });
  return id;
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
