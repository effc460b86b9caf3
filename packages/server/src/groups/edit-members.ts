import { fail } from "@quillon/contract";
import type { Editing } from "./editing.ts";
import {
  deleteAccounts,
  deleteListed,
  eachStack,
  findStacks,
  insertAccounts,
  insertListed,
  listAccounts,
  listListed,
  type StackRow,
} from "./member-queries.ts";
import { membershipOf } from "./membership.ts";

/** A stack as a client names it; without a project the name must be the only one of its kind. */
export interface StackName {
  name: string;
  routingProject?: string;
}

type Stack = Omit<StackRow, "listed">;

/** Puts a stack into the group; in the default group that takes back its exclusion. */
export async function addStack(editing: Editing, stack: StackName): Promise<void> {
  const { trx, group } = editing;
  const [found] = await requireStacks(editing, [stack]);
  const ids = found ? [found.id] : [];
  if (group.is_default) await deleteListed(trx.db, group.id, ids);
  else await insertListed(trx.db, group.id, ids);
}

/** @throws group_stack_absent; group_stack_selected when it is there by the selector. */
export async function removeStack(editing: Editing, stack: StackName): Promise<void> {
  const { trx, group } = editing;
  const [found] = await requireStacks(editing, [stack]);
  if (!found) return;
  const edited = group.is_default
    ? await insertListed(trx.db, group.id, [found.id])
    : await deleteListed(trx.db, group.id, [found.id]);
  if (membershipOf(ruleOf(editing))(found, group.is_default)?.by === "selector") throw selected(editing, [found]);
  if (edited === 0) throw fail("group_stack_absent", { stack: titleOf(found), group: group.name });
}

/** Makes `stacks` all that the group takes in: of the default group the others are taken out. */
export async function replaceStacks(editing: Editing, stacks: readonly StackName[]): Promise<void> {
  const { trx, group } = editing;
  const wanted = await requireStacks(editing, stacks);
  const ids = new Set(wanted.map(({ id }) => id));
  const list = group.is_default ? await listOthers(editing, ids) : await listBeyondSelector(editing, wanted);
  const listed = (await listListed(trx.db, group.id)).map(({ id }) => id);
  await deleteListed(
    trx.db,
    group.id,
    listed.filter((id) => !list.has(id)),
  );
  await insertListed(trx.db, group.id, [...list]);
}

async function listOthers({ trx }: Editing, wanted: ReadonlySet<string>): Promise<Set<string>> {
  const others = new Set<string>();
  for await (const { id } of eachStack(trx.db, trx.org.id)) if (!wanted.has(id)) others.add(id);
  return others;
}

/** What the selector takes in need not be listed, and can't be left out by leaving it off the list. */
async function listBeyondSelector(editing: Editing, wanted: readonly Stack[]): Promise<Set<string>> {
  const { trx, group } = editing;
  const list = new Set(wanted.map(({ id }) => id));
  if (!group.selector) return list;
  const rule = membershipOf(ruleOf(editing));
  const missing: Stack[] = [];
  const listed = new Set((await listListed(trx.db, group.id)).map(({ id }) => id));
  for await (const stack of eachStack(trx.db, trx.org.id)) {
    if (!rule(stack, false)) continue;
    if (!list.has(stack.id)) missing.push(stack);
    else if (!listed.has(stack.id)) list.delete(stack.id);
  }
  if (missing.length > 0) throw selected(editing, missing);
  return list;
}

function selected({ group }: Editing, stacks: readonly Stack[]) {
  const more = stacks.length > 5 ? ` and ${stacks.length - 5} more` : "";
  const names = stacks.slice(0, 5).map(titleOf).join(", ");
  return fail("group_stack_selected", { stacks: names + more, group: group.name });
}

function ruleOf({ group }: Editing) {
  return { isDefault: group.is_default, entityType: group.entity_type, selector: group.selector };
}

function titleOf({ project, name }: { project: string; name: string }): string {
  return `${project}/${name}`;
}

/** @throws group_unknown_members naming those that do not exist; group_entity_mismatch */
async function requireStacks({ trx, group }: Editing, wanted: readonly StackName[]): Promise<Stack[]> {
  if (wanted.length === 0) return [];
  if (group.entity_type !== "stacks") {
    throw fail("group_entity_mismatch", { group: group.name, takes: "accounts", refused: "stacks" });
  }
  const names = wanted.map(({ name, routingProject }) => ({ project: routingProject ?? "", name }));
  const found = await findStacks(trx.db, trx.org.id, names);
  const missing = names.filter(({ project, name }) => {
    const same = found.filter((stack) => stack.name === name && (project === "" || stack.project === project));
    return same.length !== 1;
  });
  if (missing.length === 0) return found;
  const titles = missing.slice(0, 20).map(({ project, name }) => (project ? `${project}/${name}` : name));
  const unknown = `stack${missing.length > 1 ? "s" : ""} ${titles.join(", ")}`;
  throw fail("group_unknown_members", { unknown, organization: trx.org.name });
}

export async function addAccounts(editing: Editing, names: readonly string[]): Promise<void> {
  requireAccounts(editing, names);
  await insertAccounts(editing.trx.db, editing.group.id, names);
}

export async function removeAccount(editing: Editing, name: string): Promise<void> {
  requireAccounts(editing, [name]);
  const removed = await deleteAccounts(editing.trx.db, editing.group.id, [name]);
  if (removed === 0) throw fail("group_account_absent", { account: name, group: editing.group.name });
}

export async function replaceAccounts(editing: Editing, names: readonly string[]): Promise<void> {
  requireAccounts(editing, names);
  const { trx, group } = editing;
  const gone = (await listAccounts(trx.db, group.id)).filter((name) => !names.includes(name));
  await deleteAccounts(trx.db, group.id, gone);
  await insertAccounts(trx.db, group.id, names);
}

function requireAccounts({ group }: Editing, names: readonly string[]): void {
  if (names.length === 0 || group.entity_type === "accounts") return;
  throw fail("group_entity_mismatch", { group: group.name, takes: "stacks", refused: "accounts" });
}
