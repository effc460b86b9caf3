import { buffer } from "node:stream/consumers";
import type { Ctx } from "../context.ts";
import { type Changes, listOf } from "./change-lists.ts";
import { countChanges, listChanges, type StoredChange } from "./change-queries.ts";
import type { CheckpointRow } from "./queries.ts";
import { openChange } from "./store.ts";
import type { PackedBytes } from "./stored.ts";

export interface StoredChanges {
  changes: Changes;
  count: number;
  bytes: number;
}

/** A change that is not a blob has 256 KiB at most. */
const PAGE = 200;

/**
 * The changes that are not in a row yet. Those of a journal may come in any order while they are read: what is returned has all up to the
 * last one.
 *
 * @returns undefined when the row has another state by now, or changes have come between those that were read.
 * @throws state_missing
 */
export async function readStoredChanges(
  ctx: Pick<Ctx, "db" | "blobs" | "log">,
  row: CheckpointRow,
): Promise<StoredChanges | undefined> {
  if (row.changes === null) return { changes: [], count: 0, bytes: 0 };
  const changes: PackedBytes[] = [];
  let count = 0;
  let last: string | undefined;
  for (let isMore = true; isMore; ) {
    const page = await listChanges(ctx.db, row, { after: last, limit: PAGE });
    if (!page) return undefined;
    changes.push(listOf(await Promise.all(page.map((change) => bytesOf(ctx, change)))));
    count += page.length;
    last = page.at(-1)?.sequence ?? last;
    isMore = page.length === PAGE;
  }
  if (changes.length > 1 && (await countChanges(ctx.db, row, last)) !== count) return undefined;
  return { changes, count, bytes: changes.reduce((sum, { length }) => sum + length, 0) };
}

async function bytesOf(ctx: Pick<Ctx, "blobs" | "log">, { body, blob }: StoredChange): Promise<Buffer> {
  return body === null ? buffer(await openChange(ctx, blob ?? "")) : Buffer.from(body);
}
