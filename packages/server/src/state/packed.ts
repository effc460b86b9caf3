import { buffer } from "node:stream/consumers";
import type { Ctx } from "../context.ts";
import { open, type StoredState } from "./store.ts";
import { type PackedBytes, unpackedSize } from "./stored.ts";

/** @throws state_missing, state_damaged */
export async function readPacked(ctx: Pick<Ctx, "blobs" | "log">, state: StoredState): Promise<PackedBytes> {
  return buffer(await open(ctx, state));
}

/** In bytes, when it is not compressed. */
const LARGE = 4 * 1024 * 1024;

/**
 * Does `work` that reads stored states, when its caller has a turn if it reads much. Not inside a transaction.
 *
 * @param changeBytes how many bytes the changes on the states have, or how many their work is worth.
 */
export function inTurn<O>(
  { workers }: Pick<Ctx, "workers">,
  states: readonly (StoredState | undefined)[],
  work: () => Promise<O>,
  changeBytes = 0,
): Promise<O> {
  const anyLarge = states.some((state) => state && (!state.body || unpackedSize(state.body) > LARGE));
  return anyLarge || changeBytes > LARGE ? workers.turn(work) : work();
}
