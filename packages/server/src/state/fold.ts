import { Readable } from "node:stream";
import type { Ctx } from "../context.ts";
import { foldRow, listUnfolded } from "./change-queries.ts";
import { readCheckpoint } from "./queries.ts";
import { folded } from "./read.ts";
import { store } from "./store.ts";
import { abandonUpdateBlobs } from "./update-blob-queries.ts";

type Folding = Pick<Ctx, "db" | "blobs" | "log" | "workers">;

/** Of updates, in one step. */
const STEP = 100;

/**
 * Stores the states of updates that have ended, of one stack or all, as one piece each: what has come after it takes room, and time
 * whenever the state is read. It never throws.
 */
export async function foldEnded(ctx: Folding, stackId?: string): Promise<void> {
  const failed = (err: unknown, facts: object) =>
    ctx.log.error({ err, ...facts }, "what an update has sent could not be stored as one state");
  const updates = await listUnfolded(ctx.db, { stackId, limit: STEP }).catch((err) => void failed(err, { stackId }));
  for (const update of updates ?? []) await foldState(ctx, update).catch((err) => failed(err, { update }));
}

/** Does it for one update, which sends nothing any more. */
export async function foldState(ctx: Folding, updateId: string): Promise<void> {
  const row = await readCheckpoint(ctx.db, { updateId });
  const state = row?.changes && (await folded(ctx, row));
  if (!row || !state) return;
  const packed = Readable.from([state.body ?? Buffer.alloc(0)], { objectMode: false });
  const stored = await store(ctx, { packed, resourceCount: state.resourceCount });
  await abandonUpdateBlobs(ctx.db, await foldRow(ctx.db, row, stored));
}
