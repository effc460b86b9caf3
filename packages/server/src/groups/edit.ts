import { fail, type Selector } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
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
  disablePack,
  enablePack,
  type FollowWish,
  followPack,
  type PackReference,
  replacePacks,
} from "./edit-packs.ts";
import type { Editing } from "./editing.ts";
import {
  findGroup,
  findLogin,
  findRead,
  type GroupRow,
  nextChange,
  readGroup,
  setChanged,
  updateGroup,
} from "./queries.ts";
import { parseSelector } from "./selector.ts";
import { compareSnapshots, type Snapshot, takeSnapshot } from "./snapshot.ts";

/** Changes of a group; they are made in this order. A list takes the place of the one that was there. */
export interface GroupEdit {
  newName?: string;
  mode?: "preventative" | "audit";
  agentPoolId?: string;
  selector?: Selector | null;
  removeStack?: StackName;
  addStack?: StackName;
  stacks?: StackName[];
  removeInsightsAccount?: string;
  addInsightsAccount?: string;
  insightsAccounts?: string[];
  removePolicyPack?: PackReference;
  addPolicyPack?: PackReference;
  policyPacks?: PackReference[];
  follow?: FollowWish;
}

/**
 * Applies all of the edits to the group in their order, or nothing. What follows from them is in the audit log.
 *
 * @param ifMatch the ETag of the group that the caller has read, when they say so.
 * @returns what the caller should be told though nothing failed, if anything.
 * @throws group_changed when a list would take the place of one that the caller has not seen.
 */
export function editGroup(
  ctx: OrgCtx,
  name: string,
  edits: readonly GroupEdit[],
  ifMatch?: string,
): Promise<string | undefined> {
  return transaction(ctx, async (trx) => {
    const change = await nextChange(trx.db, trx.org.id);
    const group = await requireGroup(trx, name);
    await refuseStale(trx, group, { ifMatch, replaces: edits.some(replacesList) });
    const before = await takeSnapshot(trx.db, group);
    let hint: string | undefined;
    for (const edit of edits) {
      hint = (await applyEdit({ trx, group: await readGroup(trx.db, group.id), change }, edit)) ?? hint;
    }
    await recordEdit({ trx, group, change }, before);
    return hint;
  });
}

/** @throws group_not_found */
export async function requireGroup({ db, org }: OrgCtx, name: string): Promise<GroupRow> {
  const group = await findGroup(db, org.id, name);
  if (!group) throw fail("group_not_found", { group: name, organization: org.name });
  return group;
}

/** Compares the group with what it was, and logs the difference, when there is one, as one event. */
export async function recordEdit({ trx, group, change }: Editing, before: Snapshot, why = ""): Promise<void> {
  const difference = compareSnapshots(before, await takeSnapshot(trx.db, await readGroup(trx.db, group.id)));
  if (!difference) return;
  await setChanged(trx.db, group, { change, userId: trx.actor.userId });
  await recordAudit(trx, {
    event: "Policy Group Updated",
    description: `Policy group ${group.name}: ${difference.words.join(", ")}${why}`,
    before: writeJson({ policyGroup: group.name, ...difference.before }),
    after: writeJson({ policyGroup: group.name, ...difference.after }),
  });
}

function replacesList(edit: GroupEdit): boolean {
  return Boolean(edit.stacks ?? edit.policyPacks ?? edit.insightsAccounts);
}

export function etagOf(group: { changed: string }): string {
  return `"${group.changed}"`;
}

/**
 * Newer CLIs read a group, change its lists and send them whole, without saying what they read. So the server remembers
 * who has read what: two administrators who do so at once can't undo each other's work unseen.
 */
async function refuseStale(
  { db, actor }: OrgCtx,
  group: GroupRow,
  { ifMatch, replaces }: { ifMatch: string | undefined; replaces: boolean },
): Promise<void> {
  const stale = ifMatch
    ? ifMatch !== "*" && !ifMatch.split(/,\s*/).includes(etagOf(group))
    : replaces && isOlder(await findRead(db, group.id, actor.userId), group.changed);
  if (!stale) return;
  throw fail("group_changed", { group: group.name, by: (await findLogin(db, group.changed_by)) ?? "somebody" });
}

function isOlder(read: string | undefined, changed: string): boolean {
  return read !== undefined && BigInt(read) < BigInt(changed);
}

async function applyEdit(editing: Editing, edit: GroupEdit): Promise<string | undefined> {
  await editFields(editing, edit);
  if (edit.removeStack) await removeStack(editing, edit.removeStack);
  if (edit.addStack) await addStack(editing, edit.addStack);
  if (edit.stacks) await replaceStacks(editing, edit.stacks);
  if (edit.removeInsightsAccount) await removeAccount(editing, edit.removeInsightsAccount);
  if (edit.addInsightsAccount) await addAccounts(editing, [edit.addInsightsAccount]);
  if (edit.insightsAccounts) await replaceAccounts(editing, edit.insightsAccounts);
  if (edit.removePolicyPack) await disablePack(editing, edit.removePolicyPack);
  if (edit.addPolicyPack) await enablePack(editing, edit.addPolicyPack);
  const changed = edit.policyPacks ? await replacePacks(editing, edit.policyPacks) : true;
  if (edit.follow) await followPack(editing, edit.follow);
  return !changed && edit.policyPacks?.length ? samePacks(editing, edit) : undefined;
}

/**
 * `pulumi policy group edit --remove-policy-pack` compares tag and integer of a version with what it was given, which can
 * be one of them only: it sends a list in which the pack still is, and tells its user nothing.
 */
function samePacks({ trx, group }: Editing, { newName }: GroupEdit): string {
  const name = newName ?? group.name;
  return (
    `Policy group ${name} keeps the policy packs that it has. ` +
    `To take one out: pulumi policy disable ${trx.org.name}/PACK --policy-group ${name}`
  );
}

async function editFields({ trx, group }: Editing, edit: GroupEdit): Promise<void> {
  const { newName, mode, agentPoolId, selector } = edit;
  if (newName && newName !== group.name) await rename(trx, group, newName);
  if (mode && mode !== group.mode) {
    if (group.is_default) throw fail("group_default", { group: group.name, what: "have another mode" });
    await updateGroup(trx.db, group.id, { mode });
  }
  if (agentPoolId !== undefined) await updateGroup(trx.db, group.id, { agent_pool_id: agentPoolId });
  if (selector !== undefined) await setSelector(trx, group, selector);
}

async function rename({ db, org }: OrgCtx, group: GroupRow, newName: string): Promise<void> {
  if (group.is_default) throw fail("group_default", { group: group.name, what: "be renamed" });
  requireFreeWord(newName);
  if (await findGroup(db, org.id, newName)) throw fail("group_exists", { group: newName, organization: org.name });
  await updateGroup(db, group.id, { name: newName });
}

/** @throws group_name_reserved for what is a path of the API. */
export function requireFreeWord(group: string): void {
  if (group === "metadata") throw fail("group_name_reserved", { group });
}

async function setSelector({ db }: OrgCtx, group: GroupRow, selector: Selector | null): Promise<void> {
  if (group.is_default) throw fail("group_default", { group: group.name, what: "have a selector" });
  if (group.entity_type !== "stacks") {
    throw fail("group_entity_mismatch", { group: group.name, takes: "accounts", refused: "stacks by a selector" });
  }
  if (selector) parseSelector(selector);
  await updateGroup(db, group.id, { selector: selector && JSON.stringify(selector) });
}
