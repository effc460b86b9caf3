import { createHash, randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
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
 * Puts a large state into the blob store. The row that names it comes after that, so it never names a blob that is not
 * there. A blob that no row names is swept.
 */
export async function store({ db, blobs }: Pick<Ctx, "db" | "blobs">, state: PackedState): Promise<StoredState> {
  const { body, resourceCount } = state;
  if (body.length <= LARGEST_IN_ROW) return { body, blob: null, resourceCount };
  const name = `states/${randomUUID()}-${createHash("sha256").update(body).digest("hex")}`;
  await insertStateBlob(db, name);
  await blobs.put(name, Readable.from([body], { objectMode: false }));
  return { body: null, blob: name, resourceCount };
}

/**
 * The state's gzip. A blob is read twice: what is not exactly the state that was stored must be refused before its first byte is
 * sent, and a state can be too large to be kept in memory.
 *
 * @throws state_missing, state_damaged
 */
export async function open(
  { blobs, log }: Pick<Ctx, "blobs" | "log">,
  { body, blob }: Pick<StoredState, "body" | "blob">,
): Promise<Readable> {
  if (blob === null) return Readable.from([body ?? Buffer.alloc(0)], { objectMode: false });
  const first = await blobs.get(blob);
  const isWhole = first && (await hasDigest(first.bytes, digestIn(blob)));
  const second = isWhole && (await blobs.get(blob));
  if (second) return second.bytes;
  const id = isWhole === false ? "state_damaged" : "state_missing";
  log.error({ blob }, newError(id, {}).message);
  throw newError(id, {});
}

/** The SHA-256 in a state's name; undefined for one of a version that did not write it. */
function digestIn(name: string): string | undefined {
  return /-(?<digest>[0-9a-f]{64})$/.exec(name)?.groups?.digest;
}

async function hasDigest(bytes: Readable, digest: string | undefined): Promise<boolean> {
  const hash = createHash("sha256");
  await pipeline(bytes, hash);
  return digest === undefined || hash.digest("hex") === digest;
}

/** Removes blobs of states that were replaced or removed, or whose update had lost its lease. */
export async function sweepStates({ db, blobs }: Pick<Ctx, "db" | "blobs">): Promise<void> {
  const names = await listOrphanStates(db);
  for (const name of names) await blobs.remove(name);
  await deleteStateBlobs(db, names);
}
