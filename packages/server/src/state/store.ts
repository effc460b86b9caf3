import { createHash, type Hash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { newError } from "@quillon/contract";
import type { Ctx } from "../context.ts";
import type { PackedState } from "./stored.ts";
import { putBlob } from "./update-blobs.ts";

/** A state as a row has it: its gzip, or the name of the blob that has it. Neither when it was removed because it was old. */
export interface StoredState {
  body: Buffer | null;
  blob: string | null;
  /** Of the blob, in hexadecimal. Older versions did not record it. */
  sha256: string | null;
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
    if (first.ended) return { body: Buffer.concat(first.chunks), blob: null, sha256: null, resourceCount };
    const hash = createHash("sha256");
    const bytes = Readable.from(hashed(joined(first.chunks, chunks), hash), { objectMode: false });
    const blob = await putBlob({ db, blobs }, "states", bytes);
    return { body: null, blob, sha256: hash.digest("hex"), resourceCount };
  } finally {
    packed.destroy();
  }
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

async function* hashed(bytes: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

async function* joined(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}

/**
 * The state's gzip. A blob is read twice: what is not exactly the state that was stored must be refused before its first byte is
 * sent, and a state can be too large to be kept in memory.
 *
 * @throws state_removed, state_missing, state_damaged
 */
export async function open(
  { blobs, log }: Pick<Ctx, "blobs" | "log">,
  { body, blob, sha256 }: Pick<StoredState, "body" | "blob" | "sha256">,
): Promise<Readable> {
  if (body !== null) return Readable.from([body], { objectMode: false });
  if (blob === null) throw newError("state_removed", {});
  const first = await blobs.get(blob);
  const isWhole = first && (await hasDigest(first.bytes, sha256));
  const second = isWhole && (await blobs.get(blob));
  if (second) return second.bytes;
  return refuse(log, blob, isWhole === false ? "state_damaged" : "state_missing");
}

/** A change on a state. @throws state_missing */
export async function openChange({ blobs, log }: Pick<Ctx, "blobs" | "log">, blob: string): Promise<Readable> {
  return (await blobs.get(blob))?.bytes ?? refuse(log, blob, "state_missing");
}

function refuse(log: Ctx["log"], blob: string, id: "state_damaged" | "state_missing"): never {
  log.error({ blob }, newError(id, {}).message);
  throw newError(id, {});
}

async function hasDigest(bytes: Readable, sha256: string | null): Promise<boolean> {
  const hash = createHash("sha256");
  await pipeline(bytes, hash);
  return sha256 === null || hash.digest("hex") === sha256;
}
