import { pipeline, Readable } from "node:stream";
import { constants, createGunzip, createGzip } from "node:zlib";
import { newError } from "@quillon/contract";

/** A deployment as it was sent. */
export interface SentState {
  version: number;
  features?: string[] | undefined;
  /** Its bytes, because its numbers may need more precision than a double has. */
  deployment: Buffer | undefined;
  /** Undefined when its resources are not a list. */
  resourceCount: number | undefined;
}

/** A state before it is stored. */
export interface PackedState {
  /** gzip of the text `{"version":N,"features":[…],"deployment":{…}}`. It is made while it is read. */
  packed: Readable;
  resourceCount: number;
}

/** Has memory of its own, which can move to another thread. */
export type PackedBytes = Uint8Array<ArrayBuffer>;

const CHUNK = 256 * 1024;

/**
 * Compresses a deployment with the bytes that were sent.
 *
 * @throws invalid_deployment
 */
export function compressState({ version, features, deployment, resourceCount }: SentState): PackedState {
  if (!deployment) throw newError("invalid_deployment", { problem: "missing" });
  if (resourceCount === undefined) throw newError("invalid_deployment", { problem: "resources_not_list" });
  const more = features ? `"features":${JSON.stringify(features)},` : "";
  const head = Buffer.from(`{"version":${version},${more}"deployment":`);
  return { packed: compress([head, deployment, Buffer.from("}")]), resourceCount };
}

/**
 * Compresses the whole text of a state as it was sent.
 *
 * @throws invalid_deployment
 */
export function compressText({
  text,
  resourceCount,
}: {
  text: Buffer;
  resourceCount: number | undefined;
}): PackedState {
  if (resourceCount === undefined) throw newError("invalid_deployment", { problem: "resources_not_list" });
  return { packed: compress([text]), resourceCount };
}

/** Speed matters more than size, because an update sends a checkpoint with nearly every step. */
export function compress(pieces: Iterable<Buffer>): Readable {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: CHUNK });
  return pipeline(Readable.from(chunked(pieces), { objectMode: false }), gzip, () => {});
}

/** Joins small pieces, because each that is written is a task of another thread. */
function* chunked(pieces: Iterable<Buffer>): Generator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < CHUNK) continue;
    yield waiting.length === 1 ? piece : Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  yield Buffer.concat(waiting);
}

/** The text of a gzipped state. */
export async function decompress(packed: PackedBytes): Promise<Buffer> {
  const text = Buffer.allocUnsafeSlow(unpackedSize(packed));
  let at = 0;
  for await (const chunk of unpack(packed)) at += chunk.copy(text, at);
  return text.subarray(0, at);
}

/** The same in pieces. */
export function unpack(packed: PackedBytes): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK });
  return pipeline(Readable.from([packed], { objectMode: false }), gunzip, () => {});
}

/** How many bytes a gzipped state has when it is decompressed: https://www.rfc-editor.org/rfc/rfc1952#page-6 */
export function unpackedSize({ buffer, byteOffset, byteLength }: Uint8Array): number {
  return new DataView(buffer, byteOffset, byteLength).getUint32(byteLength - 4, true);
}
