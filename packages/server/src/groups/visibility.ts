import type { OrgCtx } from "../context.ts";
import { listReadableUnlessAll } from "../stacks/index.ts";

/** Somebody who manages policies sees every stack of a group, a member only those that they may read. */
export async function visibility(ctx: OrgCtx): Promise<(stack: { id: string }) => boolean> {
  const ids = await listVisible(ctx);
  if (!ids) return () => true;
  const visible = new Set(ids);
  return ({ id }) => visible.has(id);
}

/** Ids of the stacks that the caller sees in groups; undefined for all. */
export async function listVisible(ctx: OrgCtx): Promise<string[] | undefined> {
  return ctx.org.role === "member" ? listReadableUnlessAll(ctx, { removed: false }) : undefined;
}
