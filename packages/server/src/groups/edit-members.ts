import { newError, warnings } from "@quillon/contract";
import type { EditCtx } from "./edit-ctx.ts";
import {
  type CandidateStack,
  deleteAccounts,
  deleteListed,
  eachStack,
  findStacks,
  insertAccounts,
  insertListed,
  listAccounts,
  listListed,
} from "./member-queries.ts";
import { membershipOf } from "./membership.ts";

/** A stack as a client names it. Without a project, only one stack of the organization may have that name. */
export interface StackName {
  name: string;
  project?: string | undefined;
}

type Stack = Omit<CandidateStack, "listed">;

/**
 * Adds a stack to the group. The default group takes in every stack that it does not exclude, so there the exclusion is
 * removed.
 *
 * @throws group_unknown_members, group_entity_mismatch
 */
export async function addStack(ctx: EditCtx, stack: StackName): Promise<void> {
  const { tx, group } = ctx;
  const [found] = await requireStacks(ctx, [stack]);
  const ids = found ? [found.id] : [];
  if (group.isDefault) await deleteListed(tx.db, group.id, ids);
  else await insertListed(tx.db, group.id, ids);
}

/**
 * Removes a stack from the group's list. The default group excludes it.
 *
 * @throws group_stack_absent, group_unknown_members, group_entity_mismatch; group_stack_ruled when it is in the group by its
 * rule alone.
 *
 * @returns a warning when it stays in the group by its rule.
 */
export async function removeStack(ctx: EditCtx, stack: StackName): Promise<string | undefined> {
  const { tx, group } = ctx;
  const [found] = await requireStacks(ctx, [stack]);
  if (!found) return undefined;
  const edited = group.isDefault
    ? await insertListed(tx.db, group.id, [found.id])
    : await deleteListed(tx.db, group.id, [found.id]);
  const names = { stack: nameOf(found), group: group.name };
  const isRuled = membershipOf(group)(found, group.isDefault)?.by === "rule";
  if (edited > 0) return isRuled ? warnings.group_stack_stays(names) : undefined;
  throw isRuled ? newError("group_stack_ruled", names) : newError("group_stack_absent", names);
}

/**
 * Makes these stacks the group's list. The default group excludes all others.
 *
 * @throws group_unknown_members, group_entity_mismatch
 */
export async function replaceStacks(ctx: EditCtx, stacks: readonly StackName[]): Promise<void> {
  const { tx, group } = ctx;
  const wanted = await requireStacks(ctx, stacks);
  const ids = new Set(wanted.map(({ id }) => id));
  const list = group.isDefault ? await listOthers(ctx, ids) : ids;
  const listed = (await listListed(tx.db, group.id)).map(({ id }) => id);
  await deleteListed(
    tx.db,
    group.id,
    listed.filter((id) => !list.has(id)),
  );
  await insertListed(tx.db, group.id, [...list]);
}

async function listOthers({ tx }: EditCtx, wanted: ReadonlySet<string>): Promise<Set<string>> {
  const others = new Set<string>();
  for await (const { id } of eachStack(tx.db, { organizationId: tx.org.id })) if (!wanted.has(id)) others.add(id);
  return others;
}

function nameOf({ project, name }: { project: string; name: string }): string {
  return `${project}/${name}`;
}

/** @throws group_unknown_members with the stacks that do not exist; group_entity_mismatch */
async function requireStacks({ tx, group }: EditCtx, wanted: readonly StackName[]): Promise<Stack[]> {
  if (wanted.length === 0) return [];
  if (group.entityType !== "stacks") {
    throw newError("group_entity_mismatch", { problem: "stacks", group: group.name });
  }
  const names = wanted.map(({ name, project = "" }) => ({ project, name }));
  const found = await findStacks(tx.db, tx.org.id, names);
  const counts = new Map<string, number>();
  for (const stack of found) {
    for (const key of [nameOf(stack), stack.name]) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const missing = names.filter((one) => counts.get(one.project ? nameOf(one) : one.name) !== 1);
  if (missing.length === 0) return found;
  const unknown = missing.slice(0, 20).map(({ project, name }) => (project ? `${project}/${name}` : name));
  const organization = tx.org.name;
  throw missing.length === 1
    ? newError("group_unknown_members", { problem: "stack", stack: unknown.join(), organization })
    : newError("group_unknown_members", { problem: "stacks", stacks: unknown.join(", "), organization });
}

/** @throws group_entity_mismatch */
export async function addAccounts(ctx: EditCtx, names: readonly string[]): Promise<void> {
  requireAccounts(ctx, names);
  await insertAccounts(ctx.tx.db, ctx.group.id, names);
}

/** @throws group_entity_mismatch, group_account_absent */
export async function removeAccount(ctx: EditCtx, name: string): Promise<void> {
  requireAccounts(ctx, [name]);
  const removed = await deleteAccounts(ctx.tx.db, ctx.group.id, [name]);
  if (removed === 0) throw newError("group_account_absent", { account: name, group: ctx.group.name });
}

/** @throws group_entity_mismatch */
export async function replaceAccounts(ctx: EditCtx, names: readonly string[]): Promise<void> {
  requireAccounts(ctx, names);
  const { tx, group } = ctx;
  const wanted = new Set(names);
  const gone = (await listAccounts(tx.db, group.id)).filter((name) => !wanted.has(name));
  await deleteAccounts(tx.db, group.id, gone);
  await insertAccounts(tx.db, group.id, names);
}

function requireAccounts({ group }: EditCtx, names: readonly string[]): void {
  if (names.length === 0 || group.mode === "audit") return;
  throw newError("group_entity_mismatch", { problem: "accounts", group: group.name });
}
