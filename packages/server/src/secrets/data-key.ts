import { randomBytes } from "node:crypto";
import type { Keys } from "../keys.ts";

const KEY_BYTES = 32;

/**
 * Makes a stack's own key. It is tied to the stack's id and not to its name, so secrets stay readable after a rename.
 *
 * @returns the key, encrypted with the master key.
 */
export function newDataKey(keys: Keys, stackId: string): Buffer {
  return keys.seal(randomBytes(KEY_BYTES), contextOf(stackId));
}

/** @param encrypted what `newDataKey` returned for that stack. */
export function openDataKey(keys: Keys, stackId: string, encrypted: Buffer): Buffer {
  return keys.open(encrypted, contextOf(stackId));
}

function contextOf(stackId: string): string {
  return `stack ${stackId}`;
}
