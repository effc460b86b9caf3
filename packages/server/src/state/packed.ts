import { buffer } from "node:stream/consumers";
import type { Ctx } from "../context.ts";
import type { StoredChange } from "./queries.ts";
import { open, type StoredState } from "./store.ts";
import { type PackedBytes, unpackedSize } from "./stored.ts";

/** @throws state_missing, state_damaged */
export async function readPacked(ctx: Pick<Ctx, "blobs" | "log">, state: StoredState): Promise<PackedBytes> {
  return buffer(await open(ctx, state));
}

/** In bytes, when it is not compressed. */
const LARGE = 4 * 1024 * 1024;

/**
 * Does `work` that reads stored states, when its caller has a turn if one of them is large. Not inside a transaction.
 *
 * @param changes on the states, which are read, too.
 */
export function inTurn<O>(
  { workers }: Pick<Ctx, "workers">,
  states: readonly (StoredState | undefined)[],
  work: () => Promise<O>,
  changes: readonly StoredChange[] = [],
): Promise<O> {
  const anyLarge = states.some((state) => state && (!state.body || unpackedSize(state.body) > LARGE));
  const inRows = changes.reduce((sum, { body }) => sum + (body?.length ?? 0), 0);
  return anyLarge || inRows > LARGE || changes.some(({ blob }) => blob) ? workers.turn(work) : work();
}
