import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { newError } from "@quillon/contract";
import type { Ctx } from "../context.ts";
import { deleteStateBlobs, insertStateBlob, listOrphanStates } from "./blob-queries.ts";
import type { PackedState } from "./stored.ts";

/** A state as a row has it: its gzip, or the name of the blob that has it. */
export interface StoredState {
  body: Buffer | null;
  blob: string | null;
  resourceCount: number;
}

/** A larger gzip is a blob, because moving it through the database is slow, and the embedded one has a single connection. */
const LARGEST_IN_ROW = 256 * 1024;

/**
 * Puts a large state into the blob store, while it is compressed. The row that names it comes after that, so it never names
 * a blob that is not there. A blob that no row names is swept.
 */
export async function store({ db, blobs }: Pick<Ctx, "db" | "blobs">, state: PackedState): Promise<StoredState> {
  const { packed, resourceCount } = state;
  try {
    const chunks: AsyncIterableIterator<Buffer> = packed[Symbol.asyncIterator]();
    const first = await takeUntil(chunks, LARGEST_IN_ROW);
    if (first.ended) return { body: Buffer.concat(first.chunks), blob: null, resourceCount };
    const bytes = Readable.from(joined(first.chunks, chunks), { objectMode: false });
    return { body: null, blob: await putBlob({ db, blobs }, "states", bytes), resourceCount };
  } finally {
    packed.destroy();
  }
}

/**
 * Stores bytes as a blob, which is swept unless a row names it soon.
 *
 * @returns its name.
 */
export async function putBlob(
  { db, blobs }: Pick<Ctx, "db" | "blobs">,
  kind: "states" | "events",
  bytes: Readable,
): Promise<string> {
  const name = `${kind}/${randomUUID()}`;
  await insertStateBlob(db, name);
  await blobs.put(name, bytes);
  return name;
}

/** Takes chunks until they are more than `bytes`. */
async function takeUntil(
  from: AsyncIterableIterator<Buffer>,
  bytes: number,
): Promise<{ chunks: Buffer[]; ended: boolean }> {
  const chunks: Buffer[] = [];
  for (let size = 0; size <= bytes; size += chunks.at(-1)?.length ?? 0) {
    const next = await from.next();
    if (next.done) return { chunks, ended: true };
    chunks.push(next.value);
  }
  return { chunks, ended: false };
}

async function* joined(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}

/** The state's gzip. @throws state_missing */
export async function open(
  { blobs, log }: Pick<Ctx, "blobs" | "log">,
  { body, blob }: Pick<StoredState, "body" | "blob">,
): Promise<Readable> {
  if (blob === null) return Readable.from([body ?? Buffer.alloc(0)], { objectMode: false });
  const bytes = await blobs.get(blob);
  if (bytes) return bytes;
  log.error({ blob }, "a state is missing from the blob folder");
  throw newError("state_missing", {});
}

/** Removes blobs of states and events that were replaced or removed, or whose update had lost its lease. */
export async function sweepStates({ db, blobs }: Pick<Ctx, "db" | "blobs">): Promise<void> {
  const names = await listOrphanStates(db);
  for (const name of names) await blobs.remove(name);
  await deleteStateBlobs(db, names);
}
