import type { Ctx } from "../context.ts";
import { listOrphanBlobs } from "./blob-queries.ts";
import { discardBlobs } from "./blobs.ts";
import { forgetContents, listToForget } from "./package-queries.ts";
import { deleteExpiredReservations } from "./queries.ts";

/** In versions. */
const STEP = 100;

/**
 * Removes what unfinished publishes left: their expired reservations, and archives that nothing refers to. And what travels in
 * removed versions, one version after the other, so that others have their turn with the database.
 */
export async function sweepPacks(ctx: Pick<Ctx, "db" | "blobs">): Promise<void> {
  await discardBlobs(ctx, await deleteExpiredReservations(ctx.db));
  await discardBlobs(ctx, await listOrphanBlobs(ctx.db));
  for (let ids = await listToForget(ctx.db, STEP); ids.length > 0; ids = await listToForget(ctx.db, STEP))
    for (const id of ids) await forgetContents(ctx.db, id);
}
