import { randomUUID } from "node:crypto";
import { newError, type Tags } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type StackCtx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { announce, stackKind } from "../notify/index.ts";
import {
  copyKeys,
  nameInOrg,
  qualifiedName,
  requireHeld,
  requireWithin,
  setRenaming,
  setStackName,
} from "../stacks/index.ts";
import { readRevision, readState, renameStored } from "../state/index.ts";
import { deleteNotStarted, lockIdleStack } from "../updates/index.ts";
import { reconcileOwn } from "./change-tags.ts";
import { recordState } from "./record-state.ts";
import { tryRenaming } from "./rename-findings.ts";
import { settleStack } from "./settle-updates.ts";

const PROJECT_TAG = "pulumi:project";

/**
 * Gives a stack that no update holds another name, another project, or both, and rewrites its state to match. Its
 * secrets stay readable because their key belongs to the stack and not to its name. Updates that wait to be started are removed.
 *
 * @returns the update that the history has of it, unless the stack has no state.
 * @param to empty or absent means unchanged.
 * @throws forbidden when the caller's token is limited to other projects; stack_elsewhere, stack_name_unchanged, stack_exists, stack_not_found, stack_busy, stack_renaming
 */
export async function renameStack(
  ctx: StackCtx,
  to: { newName?: string; newProject?: string },
): Promise<string | undefined> {
  await requireHeld(ctx);
  const project = to.newProject || ctx.stack.project;
  const name = to.newName || ctx.stack.name;
  requireWithin(ctx, project);
  const moved = project !== ctx.stack.project;
  if (!moved && name === ctx.stack.name) {
    if (!to.newName && !to.newProject) return undefined;
    throw newError("stack_name_unchanged", { stack: qualifiedName(ctx) });
  }
  const names = { project: moved ? project : undefined, stack: name };
  const renaming = { ...names, id: randomUUID() };
  // The state is rewritten before the stack is locked, because that may take seconds. If it has changed meanwhile, it is
  // rewritten again.
  let update: string | undefined;
  for (let done = false; !done; ) {
    // What its updates have found has the URNs of the names that it has now.
    await transaction(ctx, lockIdleStack);
    await settleStack(ctx, ctx.stack.id);
    const before = await readState(ctx, { stackId: ctx.stack.id });
    const renamed = before && (await renameStored(ctx, before, names));
    done = await transaction(ctx, async (tx) => {
      const { tags } = await lockIdleStack(tx);
      if ((await readRevision(tx.db, ctx.stack.id)) !== before?.revision) return false;
      await copyKeys(tx.db, ctx.stack.id, { project, name });
      const named = await setStackName(tx.db, { stackId: ctx.stack.id, project, name, tags: retag(tags, project) });
      if (!named) throw newError("stack_exists", { stack: qualifiedName({ org: ctx.org, stack: { project, name } }) });
      // What they must run was decided for the name that the stack has had, perhaps only to avoid a policy of this one.
      await deleteNotStarted(tx.db, ctx.stack.id);
      await setRenaming(tx.db, ctx.stack.id, renaming);
      if (renamed) update = await recordState(tx, "rename", renamed);
      await recordAudit(tx, {
        event: moved ? "Stack Moved" : "Stack Renamed",
        description: `Stack ${nameInOrg(ctx.stack)}, now ${nameInOrg({ project, name })}`,
        before: writeJson({ project: ctx.stack.project, stack: ctx.stack.name }),
        after: writeJson({ project, stack: name }),
      });
      const stack = { ...ctx.stack, project, name };
      await announce({ ...tx, stack }, stackKind, { action: "renamed", before: nameInOrg(ctx.stack) });
      await reconcileOwn(tx);
      return true;
    });
  }
  // The stack has its new name by now, whatever happens.
  await tryRenaming(ctx, ctx.stack.id, renaming);
  return update;
}

function retag(tags: Tags, project: string): Tags {
  return PROJECT_TAG in tags ? { ...tags, [PROJECT_TAG]: project } : tags;
}
