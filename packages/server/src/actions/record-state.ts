import { randomUUID } from "node:crypto";
import type { StackCtx } from "../context.ts";
import { advanceVersion } from "../stacks/index.ts";
import { insertCheckpoint, type StoredState } from "../state/index.ts";
import { insertFinished } from "../updates/index.ts";

/**
 * Gives a locked and idle stack a new state that no program made. It is recorded as an update of its own: the history
 * has it, and its version can be exported.
 *
 * @returns the update's id.
 */
export async function recordState(tx: StackCtx, kind: "import" | "rename", state: StoredState): Promise<string> {
  const id = randomUUID();
  const version = await advanceVersion(tx.db, tx.stack.id, id);
  await record(tx, { id, kind, version }, state);
  return id;
}

/**
 * Gives a stack that was just made its first state, as version 0. Version 0 is before every update: export finds the
 * state, but the history is empty, and the CLI still says that the stack has never been updated.
 */
export async function recordFirstState(tx: StackCtx, state: StoredState): Promise<void> {
  await record(tx, { id: randomUUID(), kind: "import", version: 0 }, state);
}

async function record(
  { db, stack, actor }: StackCtx,
  update: { id: string; kind: "import" | "rename"; version: number },
  state: StoredState,
): Promise<void> {
  await insertFinished(db, { ...update, stackId: stack.id, userId: actor.userId });
  await insertCheckpoint(db, { ...state, updateId: update.id, stackId: stack.id, version: update.version });
}
