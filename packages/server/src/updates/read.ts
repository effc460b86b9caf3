import { isUuid, newError, type UpdateStatus } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { pageOf, readTimeCursor } from "../cursor.ts";
import { qualifiedName } from "../stacks/index.ts";
import { type Activity, listActivity } from "./activity-queries.ts";
import { findRequest, type HistoryEntry, listHistory } from "./history-queries.ts";
import { findPreview, listPreviewIds, type Preview } from "./preview-queries.ts";
import { findUpdate, findUpdateByVersion } from "./queries.ts";
import { findRun, type Run } from "./run-queries.ts";

/** So much of a history is in memory at once. */
const PAGE_BYTES = 2 * 1024 * 1024;
const PAGE = 100;

/**
 * The stack's real updates, newest first, some at a time. A whole history may be larger than memory.
 *
 * @param input.pageSize 0 for all of them.
 * @param input.page counts from 1.
 */
export async function* readHistory(
  { db, stack }: StackCtx,
  { pageSize = 0, page = 1 }: { pageSize?: number; page?: number },
): AsyncGenerator<HistoryEntry> {
  let left = pageSize > 0 ? pageSize : Number.POSITIVE_INFINITY;
  let skip = pageSize > 0 ? (Math.max(page, 1) - 1) * pageSize : 0;
  let below: number | undefined;
  while (left > 0) {
    const entries = await listHistory(db, stack.id, { below, skip, limit: Math.min(left, PAGE), bytes: PAGE_BYTES });
    if (entries.length === 0) return;
    yield* entries;
    left -= entries.length;
    skip = 0;
    below = entries.at(-1)?.version;
  }
}

export interface Deployment extends HistoryEntry {
  requestedBy: { login: string; name: string };
  /** Of the stack, imports and renames included. */
  latestVersion: number;
}

/**
 * The stack's last deployment, with its configuration. Imports and renames, which have none, are not deployments.
 *
 * @throws update_none
 */
export async function readDeployment(ctx: StackCtx): Promise<Deployment> {
  const only = { limit: 1, bytes: PAGE_BYTES, kinds: "deployments" } as const;
  const [deployment] = await listHistory(ctx.db, ctx.stack.id, only);
  if (!deployment) throw newError("update_none", { stack: qualifiedName(ctx) });
  return { ...deployment, ...(await findRequest(ctx.db, deployment.id)) };
}

/** The previews since the stack's newest update, one at a time, and how many there are in all. @param page counts from 1. */
export async function readPreviews(
  { db, stack }: StackCtx,
  { pageSize, page, ascending }: { pageSize: number; page: number; ascending: boolean },
): Promise<{ previews: AsyncGenerator<Preview>; total: number }> {
  const wanted = { skip: (Math.max(page, 1) - 1) * pageSize, limit: pageSize, ascending };
  const { ids, total } = await listPreviewIds(db, stack.id, wanted);
  async function* previews() {
    for (const id of ids) {
      const preview = await findPreview(db, id);
      if (preview) yield preview;
    }
  }
  return { previews: previews(), total };
}

const ACTIVITY_PAGE = 20;

/**
 * One page of what was run on the stack, newest first.
 *
 * @returns the page, and the token of the next one if there is one.
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readActivityPage(
  { db, stack }: StackCtx,
  token: string | undefined,
): Promise<{ runs: Activity[]; continuationToken: string | undefined }> {
  const after = readTimeCursor(token);
  const rows = await listActivity(db, stack.id, { after, limit: ACTIVITY_PAGE + 1 });
  const { page: runs, ...next } = pageOf(rows, ACTIVITY_PAGE, ({ at, id }) => [at, id]);
  return { runs, ...next };
}

/** One of them: by its id, by the version that it made, or `latest`. @throws update_not_found, run_none */
export async function readActivity(ctx: StackCtx, update: string): Promise<Activity> {
  const { id } = await readRun(ctx, update);
  const [found] = await listActivity(ctx.db, ctx.stack.id, { id, limit: 1 });
  if (!found) throw newError("update_not_found", { update });
  return found;
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

/**
 * A run that was started: by its id, by the version that it made, or the newest update or preview of the stack (`latest`).
 *
 * @throws update_not_found, run_none
 */
export async function readRun(ctx: StackCtx, update: string): Promise<Run> {
  const { db, stack } = ctx;
  const run = await findRun(db, stack.id, update === "latest" ? update : await findUpdateId(ctx, update));
  if (run) return run;
  if (update === "latest") throw newError("run_none", { stack: qualifiedName(ctx) });
  throw newError("update_not_found", { update });
}
