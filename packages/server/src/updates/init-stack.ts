import { randomUUID } from "node:crypto";
import { type OrgCtx, transaction } from "../context.ts";
import type { Tags } from "../db/schema.ts";
import { createStack } from "../stacks/index.ts";
import { insertCheckpoint, packState, type SentState } from "../state/index.ts";
import { shareStack } from "../teams/index.ts";
import { insertFinished } from "./queries.ts";

/**
 * Makes a stack, with its first state when one is given: the CLI sends one for a stack with a secrets provider of its own.
 *
 * @throws stack_exists, team_not_found, invalid_deployment
 */
export async function initStack(
  ctx: OrgCtx,
  input: { project: string; name: string; tags: Tags; teams: readonly string[]; state: SentState | undefined },
): Promise<void> {
  const state = input.state && (await packState(input.state));
  await transaction(ctx, async (trx) => {
    const stack = await createStack(trx, input);
    await shareStack(trx, stack.id, input.teams);
    if (!state) return;
    // Version 0 comes before every update: export finds this state, yet the stack has "never been updated", as the CLI
    // says of a new one, and its history is empty.
    const first = { id: randomUUID(), stackId: stack.id, version: 0 };
    await insertFinished(trx.db, { ...first, kind: "import", userId: trx.actor.userId });
    await insertCheckpoint(trx.db, { ...state, ...first, updateId: first.id });
  });
}
