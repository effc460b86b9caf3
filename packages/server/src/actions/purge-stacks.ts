import { type Ctx, transaction } from "../context.ts";
import { expireDeleted, forgetDeleted } from "../stacks/index.ts";
import { deleteDetached } from "../updates/index.ts";

/** In updates. Each may have a state of some hundred kilobytes in its row. */
const STEP = 200;

/** Removes stacks for good that were deleted so many days ago, in bounded steps. Their blobs are swept when no state names them. */
export function purgeStacks(ctx: Pick<Ctx, "db">, days: number): Promise<boolean> {
  return transaction(ctx, async ({ db }) => {
    const id = await expireDeleted(db, days);
    if (id === undefined) return false;
    if ((await deleteDetached(db, id, STEP)) < STEP) await forgetDeleted(db, id);
    return true;
  });
}
