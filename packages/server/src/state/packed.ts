import { buffer } from "node:stream/consumers";
import type { Ctx } from "../context.ts";
import { open, type StoredState } from "./store.ts";
import type { PackedBytes } from "./stored.ts";

/** @throws state_missing, state_damaged */
export async function readPacked(ctx: Pick<Ctx, "blobs" | "log">, state: StoredState): Promise<PackedBytes> {
  return buffer(await open(ctx, state));
}
