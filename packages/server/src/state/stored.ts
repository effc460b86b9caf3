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

/** A deployment as it was decoded from `text`, the very bytes that were sent. */
export interface SentState {
  text: Buffer;
  value: { version: number; features?: string[]; deployment?: object };
}

const gzipBytes = promisify(gzip);
const gunzipBytes = promisify(gunzip);

/**
 * Compresses a deployment with its bytes as they were sent, because numbers may be beyond a double's precision.
 *
 * @throws invalid_deployment when there is none, or its resources are no list.
 */
export async function compressState({ text, value }: SentState): Promise<StoredState> {
  const deployment = membersOf(text).get("deployment");
  if (!deployment || !value.deployment) throw newError("invalid_deployment", { problem: "missing" });
  const resourceCount = countResources(value.deployment);
  const features = value.features ? `"features":${JSON.stringify(value.features)},` : "";
  const head = Buffer.from(`{"version":${value.version},${features}"deployment":`);
  return { body: await compress(Buffer.concat([head, deployment, Buffer.from("}")])), resourceCount };
}

/** A checkpoint comes with nearly every step of an update, so speed counts more than size. */
export function compress(state: Buffer): Promise<Buffer> {
  return gzipBytes(state, { level: constants.Z_BEST_SPEED });
}

export function decompress(body: Buffer): Promise<Buffer> {
  return gunzipBytes(body);
}

function countResources({ resources }: { resources?: unknown }): number {
  if (resources === undefined || resources === null) return 0;
  if (!Array.isArray(resources)) throw newError("invalid_deployment", { problem: "resources_not_list" });
  return resources.length;
}
