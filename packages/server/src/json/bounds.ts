import { endOfString } from "./span.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;

export interface Bounds {
  /** How many levels of arrays and objects may be nested in each other. */
  depth: number;
  /** How many values may be in the text, because each takes some fifty bytes and time, however short it is written. */
  values: number;
}

/**
 * Which bound a JSON text exceeds, if it exceeds any. It reads the bytes only as far as it must. Of a text that is not JSON
 * it may return anything.
 */
export function exceededBound(json: Buffer, { depth, values }: Bounds): keyof Bounds | undefined {
  let deep = 0;
  let count = 1;
  for (let at = 0; at < json.length; ) {
    const byte = json[at];
    if (byte === 0x5b || byte === 0x7b) {
      deep += 1;
      // Its first value. An empty one counts twice, once in the place of what it does not have.
      count += 1;
    } else if (byte === 0x5d || byte === 0x7d) deep -= 1;
    else if (byte === COMMA) count += 1;
    if (deep > depth) return "depth";
    if (count > values) return "values";
    at = byte === QUOTE ? endOfString(json, at) : at + 1;
  }
  return undefined;
}
