import { fail } from "@quillon/contract";
import type { StackCtx } from "../context.ts";
import { readStack, titleOf } from "../stacks/index.ts";
import { pack } from "./packed.ts";
import { readCheckpoint } from "./queries.ts";

/** The CLI refuses a state without version or with an empty deployment, so a stack without state has this one. */
const EMPTY = pack(
  Buffer.from('{"version":3,"deployment":{"manifest":{"time":"0001-01-01T00:00:00Z","magic":"","version":""}}}'),
);

/** The newest state that was accepted, packed; also in the middle of an update, and after one that failed. */
export async function exportState({ db, stack }: StackCtx): Promise<Buffer> {
  const newest = await readCheckpoint(db, stack.id);
  return newest?.body ?? EMPTY;
}

/**
 * The state after the update of that version, packed; 0 is before the first one.
 *
 * @throws stack_version_not_found
 */
export async function exportVersion(ctx: StackCtx, version: number): Promise<Buffer> {
  const row = await readStack(ctx.db, ctx.stack.id);
  if (!row || version > row.version) {
    throw fail("stack_version_not_found", { stack: titleOf(ctx), version: String(version) });
  }
  const state = await readCheckpoint(ctx.db, ctx.stack.id, version);
  return state?.body ?? EMPTY;
}
