import { buffer } from "node:stream/consumers";
import type { Ctx } from "../context.ts";
import { type Changes, listOf } from "./change-lists.ts";
import { countChanges, listChanges, listPageEnds, type StoredChange } from "./change-queries.ts";
import type { CheckpointRow } from "./queries.ts";
import { openChange } from "./store.ts";
import type { PackedBytes } from "./stored.ts";

export interface StoredChanges {
  changes: Changes;
  count: number;
  bytes: number;
}

/** A change by its number. */
export interface NumberedChange {
  sequence: number;
  /** Its JSON text. */
  json: Buffer;
}

/** A change that is not a blob has 256 KiB at most. */
const PAGE = 200;

/**
 * The changes that are not in a row yet. Those of a journal may come in any order while they are read: what is returned has all up to the
 * last one.
 *
 * @param sent changes that are not stored yet, or are stored by now. They are among those that are returned, each at its place.
 * @returns undefined when the row has another state by now, or changes have come between those that were read.
 * @throws state_missing
 */
export async function readStoredChanges(
  ctx: Pick<Ctx, "db" | "blobs" | "log">,
  row: CheckpointRow,
  sent: readonly NumberedChange[] = [],
): Promise<StoredChanges | undefined> {
  const waiting = sent.toSorted((one, other) => one.sequence - other.sequence);
  const changes: PackedBytes[] = [];
  let count = 0;
  let last: string | undefined;
  const ends = row.changes === null ? [] : await listPageEnds(ctx.db, row, PAGE);
  if (!ends) return undefined;
  for (const until of ends) {
    const page = await listChanges(ctx.db, row, { after: last, until });
    if (!page) return undefined;
    const read = await Promise.all(
      page.map(async (change) => ({ sequence: Number(change.sequence), json: await bytesOf(ctx, change) })),
    );
    changes.push(listOf(read.flatMap((change) => [...before(change, waiting), change.json])));
    count += page.length;
    last = until;
  }
  if (changes.length > 1 && (await countChanges(ctx.db, row, last)) !== count) return undefined;
  if (waiting.length > 0) changes.push(listOf(waiting.map(({ json }) => json)));
  return { changes, count, bytes: changes.reduce((sum, { length }) => sum + length, 0) };
}

/** Takes those with smaller numbers out of `waiting`, and the one with the same. */
function before({ sequence }: NumberedChange, waiting: NumberedChange[]): Buffer[] {
  const first = waiting.findIndex((change) => change.sequence >= sequence);
  const taken = waiting.splice(0, first === -1 ? waiting.length : first);
  if (waiting[0]?.sequence === sequence) waiting.shift();
  return taken.map(({ json }) => json);
}

async function bytesOf(ctx: Pick<Ctx, "blobs" | "log">, { body, blob }: StoredChange): Promise<Buffer> {
  return body === null ? buffer(await openChange(ctx, blob ?? "")) : Buffer.from(body);
}
