import { randomBytes } from "node:crypto";
import { type Keys, type Sealer, sealer } from "../keys.ts";

const KEY_BYTES = 32;

/** A stack's own key, wrapped by the master key. It is bound to the stack's id, so it outlives every rename. */
export function newDataKey(keys: Keys, stackId: string): Buffer {
  return keys.seal(randomBytes(KEY_BYTES), contextOf(stackId));
}

/** What seals and opens the values of a stack, by its wrapped key. */
export function openDataKey(keys: Keys, stackId: string, wrapped: Buffer): Sealer {
  return sealer(keys.open(wrapped, contextOf(stackId)));
}

function contextOf(stackId: string): string {
  return `stack ${stackId}`;
}
