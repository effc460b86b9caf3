import type { OrgCtx } from "../context.ts";
import { listReadable } from "../stacks/index.ts";

/** Somebody who manages policies sees every stack of a group, a member only those that they may read. */
export async function visibility(ctx: OrgCtx): Promise<(stack: { id: string }) => boolean> {
  if (ctx.org.role !== "member") return () => true;
  const readable = await listReadable(ctx);
  return ({ id }) => readable.has(id);
}
