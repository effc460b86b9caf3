import { endOfString } from "./span.ts";

const QUOTE = 0x22;

/** Whether arrays and objects are nested in each other more than `limit` times. It reads the bytes only as far as it must. */
export function isDeeperThan(json: Buffer, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; ) {
    const byte = json[at];
    if (byte === 0x5b || byte === 0x7b) depth += 1;
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
    if (depth > limit) return true;
    at = byte === QUOTE ? endOfString(json, at) : at + 1;
  }
  return false;
}
