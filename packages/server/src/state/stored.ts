import { promisify } from "node:util";
import { constants, gunzip, gzip } from "node:zlib";
import { newError } from "@quillon/contract";
import { membersOf } from "../json/span.ts";

/** A stack's state as it is stored. */
export interface StoredState {
  /** gzip of the text `{"version":N,"features":[…],"deployment":{…}}`. */
  body: Buffer;
  resourceCount: number;
}

/** A deployment as it was sent: the bytes, and the value that was decoded from them. */
export interface SentState {
  text: Buffer;
  value: { version: number; features?: string[]; deployment?: object };
}

const gzipBytes = promisify(gzip);
const gunzipBytes = promisify(gunzip);

/**
 * Compresses a deployment with the bytes that were sent, because its numbers may need more precision than a double has.
 *
 * @throws invalid_deployment
 */
export async function compressState({ text, value }: SentState): Promise<StoredState> {
  const deployment = membersOf(text).get("deployment");
  if (!deployment || !value.deployment) throw newError("invalid_deployment", { problem: "missing" });
  const resourceCount = countResources(value.deployment);
  const features = value.features ? `"features":${JSON.stringify(value.features)},` : "";
  const head = Buffer.from(`{"version":${value.version},${features}"deployment":`);
  return { body: await compress(Buffer.concat([head, deployment, Buffer.from("}")])), resourceCount };
}

/** Speed matters more than size, because an update sends a checkpoint with nearly every step. */
export function compress(state: Buffer): Promise<Buffer> {
  return gzipBytes(state, { level: constants.Z_BEST_SPEED });
}

export function decompress(body: Buffer): Promise<Buffer> {
  return gunzipBytes(body);
}

/** @throws invalid_deployment */
function countResources({ resources }: { resources?: unknown }): number {
  if (resources === undefined || resources === null) return 0;
  if (!Array.isArray(resources)) throw newError("invalid_deployment", { problem: "resources_not_list" });
  return resources.length;
}
