import { buffer } from "node:stream/consumers";
import type { StackCtx } from "../context.ts";
import { elementsOf, membersOf } from "../json/span.ts";
import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { readCheckpoint } from "./queries.ts";
import { ROOT_TYPE } from "./rename.ts";
import { open } from "./store.ts";
import { decompress, type PackedBytes, unpackedSize } from "./stored.ts";

/** Whether the newest state has a resource. The stack's own, which an update without any other leaves, is not one. */
export async function holdsResources(ctx: StackCtx): Promise<boolean> {
  const newest = await readCheckpoint(ctx.db, ctx.stack.id);
  if (newest?.resourceCount !== 1) return (newest?.resourceCount ?? 0) > 0;
  const gzip = await buffer(await open(ctx, newest));
  return !(await ctx.workers.run(isRootTask, { gzip }, unpackedSize(gzip)));
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
