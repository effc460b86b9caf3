import { promisify } from "node:util";
import { constants, gunzip, gzip } from "node:zlib";
import { fail } from "@quillon/contract";
import { membersOf } from "../json/span.ts";

/** A stack's state as it is stored. */
export interface PackedState {
  /** gzip of the text `{"version":N,"features":[…],"deployment":{…}}`. */
  body: Buffer;
  resourceCount: number;
}

/** A deployment as it was decoded from `text`, the very bytes that were sent. */
export interface SentState {
  text: Buffer;
  value: { version: number; features?: string[]; deployment?: object };
}

const packBytes = promisify(gzip);
const unpackBytes = promisify(gunzip);

/**
 * Packs a deployment with its bytes as they were sent: numbers beyond a double's precision come back to the digit.
 *
 * @throws invalid_deployment when there is none, or its resources are no list.
 */
export async function packState({ text, value }: SentState): Promise<PackedState> {
  const deployment = membersOf(text).get("deployment");
  if (!deployment || !value.deployment) throw fail("invalid_deployment", { problem: "there is none in the request" });
  const resourceCount = countResources(value.deployment);
  const features = value.features ? `"features":${JSON.stringify(value.features)},` : "";
  const head = Buffer.from(`{"version":${value.version},${features}"deployment":`);
  return { body: await pack(Buffer.concat([head, deployment, Buffer.from("}")])), resourceCount };
}

/** A checkpoint comes with nearly every step of an update, so packing is quick rather than tight. */
export function pack(state: Buffer): Promise<Buffer> {
  return packBytes(state, { level: constants.Z_BEST_SPEED });
}

export function unpack(body: Buffer): Promise<Buffer> {
  return unpackBytes(body);
}

function countResources({ resources }: { resources?: unknown }): number {
  if (resources === undefined || resources === null) return 0;
  if (!Array.isArray(resources)) throw fail("invalid_deployment", { problem: "its resources are not a list" });
  return resources.length;
}
