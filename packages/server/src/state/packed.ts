import { buffer } from "node:stream/consumers";
import type { Ctx } from "../context.ts";
import { readCheckpoint } from "./queries.ts";
import { open } from "./store.ts";
import type { PackedBytes } from "./stored.ts";

/**
 * A stack's newest state, gzipped, or with `version` the newest of that version or an older one.
 *
 * @throws state_missing, state_damaged
 */
export async function readPacked(
  ctx: Pick<Ctx, "db" | "blobs" | "log">,
  stackId: string,
  version?: number,
): Promise<PackedBytes | undefined> {
  const state = await readCheckpoint(ctx.db, stackId, version);
  return state && buffer(await open(ctx, state));
}
