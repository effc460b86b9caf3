import { elementsOf } from "../json/span.ts";
import { bufferOf } from "../workers/buffers.ts";
import type { PackedBytes } from "./stored.ts";

/** Changes on a state, in their order: JSON arrays of them, because as many strings as a journal has would take more memory. */
export type Changes = readonly PackedBytes[];

/** @param changes JSON of each. */
export function listOf(changes: readonly Buffer[]): PackedBytes {
  const items = changes.flatMap((change, index) => (index === 0 ? [change] : [Buffer.from(","), change]));
  const pieces = [Buffer.from("["), ...items, Buffer.from("]")];
  // Not of the pool that small buffers share, because it moves to another thread.
  const list = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) at += piece.copy(list, at);
  return list;
}

/** The JSON of each change. */
export function* eachChange(changes: Changes): Generator<Buffer> {
  for (const list of changes) yield* elementsOf(bufferOf(list));
}
