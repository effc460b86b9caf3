import type { Ctx } from "../context.ts";
import { listOrphanBlobs } from "./blob-queries.ts";
import { discardBlobs } from "./blobs.ts";
import { deleteExpiredReservations } from "./queries.ts";

/** Removes what unfinished publishes left: their expired reservations, and archives that nothing refers to. */
export async function sweepPacks(ctx: Pick<Ctx, "db" | "blobs">): Promise<void> {
  await discardBlobs(ctx, await deleteExpiredReservations(ctx.db));
  await discardBlobs(ctx, await listOrphanBlobs(ctx.db));
}
