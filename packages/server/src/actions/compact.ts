import { randomUUID } from "node:crypto";
import { auditRemoval } from "../audit/index.ts";
import type { Ctx } from "../context.ts";
import { forgetReceipts } from "../enforcement/index.ts";
import { emptyRemoved, forgetFindings, forgetPredictions, runCompaction } from "../findings/index.ts";
import { endTurn, takeTurn } from "../jobs/index.ts";
import type { Settings } from "../settings.ts";
import { stateRemoval } from "../state/index.ts";
import { purgeStacks } from "./purge-stacks.ts";

/** How long everything is kept. Undefined is for ever. */
export type Retention = Pick<
  Settings,
  | "deletedStacksDays"
  | "predictionsDays"
  | "eventsDays"
  | "receiptsDays"
  | "findingsDays"
  | "auditDays"
  | "stateVersions"
>;

type Compacting = Pick<Ctx, "db" | "log">;

/** One bounded step. @returns whether something is left to do. */
type Step = () => Promise<boolean>;

/**
 * Removes what is older than it is kept, step by step. Each step is short and complete, so whoever drains the generator may rest
 * between two of them, or stop. Only one server on a database does it at a time.
 */
export async function* compact(ctx: Compacting, keep: Retention): AsyncGenerator<void> {
  const holder = randomUUID();
  try {
    for (const step of stepsOf(ctx, keep)) {
      for (let more = true; more; ) {
        if (!(await takeTurn(ctx.db, "compact", holder))) return;
        more = await step();
        yield;
      }
    }
  } finally {
    await endTurn(ctx.db, "compact", holder);
  }
}

function stepsOf(ctx: Compacting, keep: Retention): Step[] {
  const { deletedStacksDays, predictionsDays, eventsDays, receiptsDays, findingsDays, auditDays, stateVersions } = keep;
  return [
    () => purgeStacks(ctx, deletedStacksDays),
    () => emptyRemoved(ctx),
    () => forgetPredictions(ctx, predictionsDays),
    ...(eventsDays ? [runCompaction(ctx, eventsDays)] : []),
    ...(stateVersions ? [stateRemoval(ctx, stateVersions)] : []),
    ...(receiptsDays ? [() => forgetReceipts(ctx, receiptsDays)] : []),
    ...(findingsDays ? [() => forgetFindings(ctx, findingsDays)] : []),
    ...(auditDays ? [auditRemoval(ctx, auditDays)] : []),
  ];
}
