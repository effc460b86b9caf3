import type { StackCtx } from "../context.ts";
import { elementsOf, membersOf } from "../json/span.ts";
import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { inTurn, readPacked } from "./packed.ts";
import { ROOT_TYPE } from "./rename.ts";
import type { StoredState } from "./store.ts";
import { decompress, type PackedBytes, unpackedSize } from "./stored.ts";

/**
 * Whether a state has a resource. The stack's own, which an update without any other leaves, is not one. Not inside a transaction,
 * because it may take long.
 *
 * @throws state_missing, state_damaged
 */
export async function holdsResources(ctx: StackCtx, state: StoredState | undefined): Promise<boolean> {
  if (state?.resourceCount !== 1) return (state?.resourceCount ?? 0) > 0;
  return inTurn(ctx, [state], async () => {
    const gzip = await readPacked(ctx, state);
    return !(await ctx.workers.run(isRootTask, { gzip }, unpackedSize(gzip)));
  });
}

/** Whether the only resource of a state is the stack's own. */
export const isRootTask: Task<{ gzip: PackedBytes }, boolean> = {
  name: "is-root",
  moves: { input: ({ gzip }) => memoryOf([gzip]) },
  async run({ gzip }) {
    const deployment = membersOf(await decompress(gzip)).get("deployment") ?? Buffer.alloc(0);
    const [resource] = elementsOf(membersOf(deployment).get("resources") ?? Buffer.alloc(0));
    const type = resource && membersOf(resource).get("type");
    return type !== undefined && JSON.parse(type.toString("utf8")) === ROOT_TYPE;
  },
};
