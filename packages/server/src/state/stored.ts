import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { constants, createGzip, gunzip } from "node:zlib";
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
  /** gzip of the text `{"version":N,"features":[…],"deployment":{…}}`. */
  body: Buffer;
  resourceCount: number;
}

const gunzipBytes = promisify(gunzip);

/**
 * Compresses a deployment with the bytes that were sent.
 *
 * @throws invalid_deployment
 */
export async function compressState({ version, features, deployment, resourceCount }: SentState): Promise<PackedState> {
  if (!deployment) throw newError("invalid_deployment", { problem: "missing" });
  if (resourceCount === undefined) throw newError("invalid_deployment", { problem: "resources_not_list" });
  const more = features ? `"features":${JSON.stringify(features)},` : "";
  const head = Buffer.from(`{"version":${version},${more}"deployment":`);
  return { body: await compress([head, deployment, Buffer.from("}")]), resourceCount };
}

/** Speed matters more than size, because an update sends a checkpoint with nearly every step. */
export function compress(pieces: readonly Buffer[]): Promise<Buffer> {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024 });
  return buffer(Readable.from(pieces, { objectMode: false }).pipe(gzip));
}

export function decompress(body: Buffer): Promise<Buffer> {
  return gunzipBytes(body);
}

/** About how many bytes a gzipped state has when it is decompressed. */
export function unpackedSize(gzip: Uint8Array): number {
  return gzip.length * 10;
}
