import { randomUUID } from "node:crypto";
import type { StackCtx } from "../context.ts";
import { advanceVersion } from "../stacks/index.ts";
import { insertCheckpoint, type PackedState } from "../state/index.ts";
import { insertFinished } from "./queries.ts";

/**
 * Gives a locked and free stack a new state that no program made, as an update of its own: it is in the history, and has
 * a version that can be exported.
 *
 * @returns the update's id.
 */
export async function recordState(trx: StackCtx, kind: "import" | "rename", state: PackedState): Promise<string> {
  const { db, stack, actor } = trx;
  const id = randomUUID();
  const version = await advanceVersion(db, stack.id, id);
  await insertFinished(db, { id, stackId: stack.id, kind, version, userId: actor.userId });
  await insertCheckpoint(db, { ...state, updateId: id, stackId: stack.id, version });
  return id;
}
