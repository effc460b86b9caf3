import { type Ctx, transaction } from "../context.ts";
import { continueReconciling, reconcileStack } from "../enforcement/index.ts";
import { settleFindings, upkeepFindings } from "../findings/index.ts";
import { lockStack } from "../stacks/index.ts";
import { listUnsettled } from "../updates/index.ts";

type Settling = Pick<Ctx, "db" | "log">;

/**
 * Brings the findings and scores of a stack up to date with the updates that have ended, and then with what it must run: groups
 * may have been edited while an update ran. It never throws.
 */
export async function settleStack(ctx: Settling, stackId: string): Promise<void> {
  try {
    const unsettled = await listUnsettled(ctx.db, stackId);
    await settleFindings(ctx, stackId);
    const [real] = unsettled.filter(({ dryRun }) => !dryRun);
    if (!real) return;
    await transaction(ctx, async ({ db }) => {
      await lockStack(db, stackId);
      await reconcileStack(db, { organizationId: real.organizationId, stackId });
    });
  } catch (err) {
    ctx.log.error({ err, stack: stackId }, "the scores of a stack could not be compared with what it must run");
  }
}

/**
 * Settles updates that ended without asking for it, because their lease expired or somebody cancelled them, and does what large
 * changes of groups have left to do.
 */
export async function settleEnded(ctx: Settling): Promise<void> {
  const stacks = new Set((await listUnsettled(ctx.db)).map(({ stackId }) => stackId));
  for (const stackId of stacks) await settleStack(ctx, stackId);
  await continueReconciling(ctx);
  await upkeepFindings(ctx);
}
