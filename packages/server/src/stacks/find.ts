import { newError, type StackPermission } from "@quillon/contract";
import type { OrgCtx, StackCtx, StackRef, Tx } from "../context.ts";
import { holdStackRow } from "./lease-queries.ts";
import { permissionOf, readsAll } from "./permission.ts";
import { qualifiedName } from "./qualified-name.ts";
import { selectStack, selectStacks } from "./queries.ts";
import { hasReadableStack, listReadableIds } from "./readable-queries.ts";
import { listReadableOrRemovedIds } from "./removed-queries.ts";

/**
 * The stack of that name, and what the caller may do with it.
 *
 * @returns undefined when there is no such stack, or the caller may not read it. Nothing tells the two apart.
 */
export async function findStack(
  { db, org, actor }: Caller,
  { project, name }: { project: string; name: string },
): Promise<{ stack: StackRef; permission: StackPermission } | undefined> {
  const found = await selectStack(db, { actor, organizationId: org.id, project, name });
  if (!found) return undefined;
  const { creator, grants, ...stack } = found;
  const permission = permissionOf({ org, actor }, found);
  return permission === "none" ? undefined : { stack, permission };
}

type Caller = Pick<OrgCtx, "db" | "org" | "actor">;

/** What the caller may do with each of these stacks, by id. One that was removed is left out. */
export async function findPermissions(
  { db, org, actor }: Caller,
  ids: readonly string[],
): Promise<Map<string, StackPermission>> {
  const found = await selectStacks(db, { actor, organizationId: org.id, ids });
  return new Map(found.map((stack) => [stack.id, permissionOf({ org, actor }, stack)]));
}

/** Makes removing the stack wait until the transaction ends. @throws stack_not_found when it was removed. */
export async function keepStack(tx: Tx<StackCtx>): Promise<void> {
  if (!(await holdStackRow(tx.db, tx.stack.id))) throw newError("stack_not_found", { stack: qualifiedName(tx) });
}

/** @throws project_not_found when it has no stack that the caller may read. */
export async function requireProject({ db, org, actor }: OrgCtx, project: string): Promise<void> {
  const found = await hasReadableStack(db, { actor, organizationId: org.id, project });
  if (!found) throw newError("project_not_found", { project });
}

/**
 * Ids of the organization's stacks that the caller may read; undefined when these are all, so that nothing need be compared with
 * them.
 *
 * @param removed whether the removed stacks of which something is kept are among them.
 */
export async function listReadableUnlessAll(
  ctx: OrgCtx,
  { removed }: { removed: boolean },
): Promise<string[] | undefined> {
  const { db, actor, org } = ctx;
  if (readsAll(ctx)) return undefined;
  if (removed) return listReadableOrRemovedIds(db, actor, org.id);
  return listReadableIds(db, { actor, organizationId: org.id });
}

/** Ids of the stacks that the caller may read, or "many" when these are all, or more than `most`. */
export async function listReadableIfFew(ctx: OrgCtx, most: number): Promise<string[] | "many"> {
  const { db, actor, org } = ctx;
  if (readsAll(ctx)) return "many";
  const ids = await listReadableIds(db, { actor, organizationId: org.id, limit: most + 1 });
  return ids.length > most ? "many" : ids;
}
