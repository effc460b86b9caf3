import { fail } from "@quillon/contract";
import { type StackCtx, transaction } from "../context.ts";
import type { Tags } from "../db/schema.ts";
import { setStackName, titleOf } from "../stacks/index.ts";
import { pack, readCheckpoint, renameState, unpack } from "../state/index.ts";
import { recordState } from "./record.ts";
import { holdIdleStack } from "./stack-lock.ts";

const PROJECT_TAG = "pulumi:project";

/**
 * Gives a stack that no update holds another name, or another project, or both, and rewrites its state to match. Its
 * secrets stay readable: their key belongs to the stack and not to its name.
 *
 * @param to empty or absent means unchanged.
 * @throws stack_exists, stack_busy
 */
export async function renameStack(ctx: StackCtx, to: { newName?: string; newProject?: string }): Promise<void> {
  const project = to.newProject || ctx.stack.project;
  const name = to.newName || ctx.stack.name;
  const moved = project !== ctx.stack.project;
  if (!moved && name === ctx.stack.name) return;
  await transaction(ctx, async (trx) => {
    const { tags } = await holdIdleStack(trx);
    const named = await setStackName(trx.db, ctx.stack.id, { project, name, tags: retag(tags, project) });
    if (!named) throw fail("stack_exists", { stack: titleOf({ org: ctx.org, stack: { project, name } }) });
    const state = await readCheckpoint(trx.db, ctx.stack.id);
    if (!state) return;
    const renamed = renameState(await unpack(state.body), { project: moved ? project : undefined, stack: name });
    await recordState(trx, "rename", { ...state, body: await pack(renamed) });
  });
}

function retag(tags: Tags, project: string): Tags {
  return PROJECT_TAG in tags ? { ...tags, [PROJECT_TAG]: project } : tags;
}
