import type { StackCtx } from "../context.ts";
import { covers } from "../people/index.ts";
import { permissionOf } from "./permission.ts";
import { type RemovedKey, selectRemovedKeys } from "./removed-key-queries.ts";

/**
 * The keys of removed stacks of the same organization, project and name that the caller could read, newest first. The
 * state that was exported from such a stack is imported into the one that has its name now, and keeps its values.
 */
export async function readRemovedKeys({
  db,
  org,
  actor,
  stack,
}: StackCtx): Promise<Pick<RemovedKey, "stackId" | "dataKey">[]> {
  const kept = await selectRemovedKeys(db, { actor, stackId: stack.id });
  const { project } = stack;
  return kept.filter((key) => covers(permissionOf({ org, actor }, { ...key, project }), "read"));
}
