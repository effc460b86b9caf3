import { type GroupMode, newError, warnings } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { findLogin, nextPolicyChange } from "../people/index.ts";
import { type EditCtx, requireTime, type TellOfGroup } from "./edit-ctx.ts";
import {
  addAccounts,
  addStack,
  removeAccount,
  removeStack,
  replaceAccounts,
  replaceStacks,
  type StackName,
} from "./edit-members.ts";
import {
  addPack,
  disablePack,
  enablePack,
  type FollowWish,
  followPack,
  type PackReference,
  replacePacks,
} from "./edit-packs.ts";
import { type RuleEdit, setRules } from "./edit-rules.ts";
import { listAccounts } from "./member-queries.ts";
import { listEnabledNames } from "./pack-queries.ts";
import { findGroup, findRead, type GroupRow, readGroup, setChanged, updateGroup } from "./queries.ts";
import { compareSnapshots, type Snapshot, takeSnapshot } from "./snapshot.ts";

/** Changes of a group, made in this order. A list replaces the one that was there. */
export interface GroupEdit extends RuleEdit {
  newName?: string;
  mode?: GroupMode;
  /** Empty or null removes it. */
  agentPoolId?: string | null;
  removeStack?: StackName;
  addStack?: StackName;
  stacks?: StackName[];
  removeAccount?: string;
  addAccount?: string;
  accounts?: string[];
  disable?: PackReference;
  enable?: PackReference;
  /** As `enable`, but the version that the group already has keeps its configuration when none is given. */
  add?: PackReference;
  packs?: PackReference[];
  follow?: FollowWish;
}

/** A group's `changed` counters, one of which is the group that the caller has read. */
export type SeenChanges = readonly string[] | "any";

/**
 * Applies all of the edits to the group in their order, or none of them. The difference is in the audit log.
 *
 * @param edit `seen`: the group's `changed` counters that the caller has read, if they say so. With `any` the group is changed
 * whether or not they have read it.
 * @returns the packs that the group had enabled before or has now, unless it gets nothing but another name, and a warning for the caller
 * when nothing changed although nothing failed.
 * @throws group_not_found, group_default, group_exists, group_name_reserved, group_entity_mismatch, selector_invalid,
 * match_rule_invalid, group_edit_too_long; group_changed when a list would replace one that the caller has not seen; what the edits of
 * members and packs throw.
 */
export function editGroup(
  ctx: OrgCtx,
  { name, edits, seen }: { name: string; edits: readonly GroupEdit[]; seen: SeenChanges | undefined },
  tell: TellOfGroup,
): Promise<{ packs: string[]; warning: string | undefined }> {
  return transaction(ctx, async (tx) => {
    const change = await nextPolicyChange(tx.db, tx.org.id);
    const group = await requireGroup(tx, name);
    await refuseStale(tx, group, { seen, replaces: edits.some(replacesList) });
    const before = await takeSnapshot(tx.db, group);
    const enabled = await listEnabledNames(tx.db, group.id);
    let hint: string | undefined;
    const began = performance.now();
    for (const edit of edits) {
      requireTime({ group, began });
      hint = (await applyEdit({ tx, group: await readGroup(tx.db, group.id), change, began }, edit)) ?? hint;
    }
    const changes = await recordEdit({ tx, group, change }, before);
    if (changes.length > 0) await tell(tx, { action: "updated", group: edits.at(-1)?.newName || group.name, changes });
    // A new name locks the group against what refers to it: scores of stacks that others have locked. So its edit waits for no stack.
    const packs = edits.every(isRenaming) ? [] : [...enabled, ...(await listEnabledNames(tx.db, group.id))];
    return { packs: [...new Set(packs)], warning: hint };
  });
}

/** @throws group_not_found */
export async function requireGroup({ db, org }: OrgCtx, name: string): Promise<GroupRow> {
  const group = await findGroup(db, org.id, name);
  if (!group) throw newError("group_not_found", { group: name, organization: org.name });
  return group;
}

/**
 * Compares the group with what it was. A difference is recorded as one event of the audit log.
 *
 * @returns a short description of each difference.
 */
export async function recordEdit(
  { tx, group, change }: Omit<EditCtx, "began">,
  before: Snapshot,
  why = "",
): Promise<string[]> {
  const difference = compareSnapshots(before, await takeSnapshot(tx.db, await readGroup(tx.db, group.id)));
  if (!difference) return [];
  await setChanged(tx.db, { groupId: group.id, changed: group.changed, change, userId: tx.actor.userId });
  await recordAudit(tx, {
    event: "Policy Group Updated",
    description: `Policy group ${group.name}: ${difference.words.join(", ")}${why}`,
    before: writeJson({ policyGroup: group.name, ...difference.before }),
    after: writeJson({ policyGroup: group.name, ...difference.after }),
  });
  return difference.words;
}

/** Which changes nothing of what stacks must run. */
function isRenaming({ newName, ...others }: GroupEdit): boolean {
  return newName !== undefined && Object.values(others).every((value) => value === undefined);
}

function replacesList(edit: GroupEdit): boolean {
  return Boolean(edit.stacks ?? edit.packs ?? edit.accounts);
}

/**
 * Newer CLIs read a group, change its lists and send them whole, without saying what they read. So the server records who
 * has read what: two administrators who edit a group at the same time can't undo each other's changes without notice.
 */
async function refuseStale(
  { db, actor }: OrgCtx,
  group: GroupRow,
  { seen, replaces }: { seen: SeenChanges | undefined; replaces: boolean },
): Promise<void> {
  const stale = seen
    ? seen !== "any" && !seen.includes(group.changed)
    : replaces && isOlder(await findRead(db, group.id, actor.userId), group.changed);
  if (!stale) return;
  throw newError("group_changed", {
    group: group.name,
    by: (group.changedBy && (await findLogin(db, group.changedBy))) || "somebody",
  });
}

function isOlder(read: string | undefined, changed: string): boolean {
  return read !== undefined && BigInt(read) < BigInt(changed);
}

async function applyEdit(ctx: EditCtx, edit: GroupEdit): Promise<string | undefined> {
  await editFields(ctx, edit);
  const stays = edit.removeStack && (await removeStack(ctx, edit.removeStack));
  if (edit.addStack) await addStack(ctx, edit.addStack);
  if (edit.stacks) await replaceStacks(ctx, edit.stacks);
  if (edit.removeAccount) await removeAccount(ctx, edit.removeAccount);
  if (edit.addAccount) await addAccounts(ctx, [edit.addAccount]);
  if (edit.accounts) await replaceAccounts(ctx, edit.accounts);
  if (edit.disable) await disablePack(ctx, edit.disable);
  if (edit.enable) await enablePack(ctx, edit.enable);
  if (edit.add) await addPack(ctx, edit.add);
  const changed = edit.packs ? await replacePacks(ctx, edit.packs) : true;
  if (edit.follow) await followPack(ctx, edit.follow);
  if (edit.mode || edit.stackRule !== undefined || edit.accountRule !== undefined) await setRules(ctx, edit);
  if (changed || !edit.packs?.length) return stays;
  // `pulumi policy group edit --remove-policy-pack` of CLIs before 3.274 takes out only what is listed with just the version
  // that it was given. Without a version, or with another one, it sends a list in which the pack still is, and tells its user
  // nothing.
  return warnings.group_same_packs({ organization: ctx.tx.org.name, group: edit.newName || ctx.group.name });
}

async function editFields({ tx, group }: EditCtx, edit: GroupEdit): Promise<void> {
  const { newName, mode, agentPoolId } = edit;
  if (newName && newName !== group.name) await rename(tx, group, newName);
  if (mode && mode !== group.mode) {
    if (group.isDefault) throw newError("group_default", { problem: "mode", group: group.name });
    if (mode === "preventative") refuseAccounts({ ...group, accounts: await listAccounts(tx.db, group.id) });
    await updateGroup(tx.db, group.id, { mode });
  }
  if (agentPoolId !== undefined) await updateGroup(tx.db, group.id, { agentPoolId: agentPoolId || null });
}

async function rename({ db, org }: OrgCtx, group: GroupRow, newName: string): Promise<void> {
  if (group.isDefault) throw newError("group_default", { problem: "renamed", group: group.name });
  requireFreeWord(newName);
  if (await findGroup(db, org.id, newName)) throw newError("group_exists", { group: newName, organization: org.name });
  await updateGroup(db, group.id, { name: newName });
}

/** @throws group_entity_mismatch for a group that can't be preventative, because accounts are only audited. */
export function refuseAccounts({
  name,
  entityType,
  accounts,
}: Pick<GroupRow, "name" | "entityType"> & { accounts: readonly string[] }): void {
  if (entityType === "stacks" && accounts.length === 0) return;
  throw newError("group_entity_mismatch", { problem: "preventative", group: name });
}

/** The last parts of paths of Pulumi's API that stand where a group's name does. */
const RESERVED = ["metadata", "stackmatchrule", "accountmatchrule"];

/** @throws group_name_reserved */
export function requireFreeWord(group: string): void {
  if (RESERVED.includes(group)) throw newError("group_name_reserved", { group });
}
