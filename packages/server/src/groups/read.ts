import type { OrgCtx, StackCtx } from "../context.ts";
import { verbatim } from "../json/write.ts";
import { downloadUrl, nameOf } from "../packs/index.ts";
import { listReadable } from "../stacks/index.ts";
import { etagOf, requireGroup } from "./edit.ts";
import { countStacks, eachStack, listAccounts, listListed, type StackRow } from "./member-queries.ts";
import { type MembershipRule, membershipOf } from "./membership.ts";
import { listEnabled } from "./pack-queries.ts";
import { type GroupRow, listGroupSummaries, noteRead } from "./queries.ts";
import { requiredPacks } from "./required.ts";
import { type Mode, readStackPolicies } from "./stack-policies.ts";

const NOT_EVALUATED = {
  accounts: "This group is not evaluated yet: accounts are kept, and nothing here scans them.",
  audit: "This group is not evaluated yet: an audit group is kept, and no update has to run its packs.",
};

function notEvaluated({ entity_type, mode }: Pick<GroupRow, "entity_type" | "mode">) {
  if (entity_type === "accounts") return { notEvaluated: NOT_EVALUATED.accounts };
  return mode === "audit" ? { notEvaluated: NOT_EVALUATED.audit } : {};
}

type Summary = Awaited<ReturnType<typeof listGroupSummaries>>[number];

/** The organization's policy groups, each with how many stacks it takes in. */
export async function listGroups(ctx: OrgCtx) {
  const groups = await listGroupSummaries(ctx.db, ctx.org.id);
  const total = await countStacks(ctx.db, ctx.org.id);
  const selected = await countSelected(ctx, groups);
  return groups.map((group) => summaryOf(group, selected.get(group.id) ?? countOf(group, total)));
}

function countOf(group: Summary, total: number): number {
  if (group.entity_type !== "stacks") return 0;
  return group.is_default ? total - Number(group.listed) : Number(group.listed);
}

function summaryOf(group: Summary, stacks: number) {
  return {
    name: group.name,
    isOrgDefault: group.is_default,
    numStacks: stacks,
    numAccounts: Number(group.accounts),
    entityType: group.entity_type,
    mode: group.mode,
    numEnabledPolicyPacks: Number(group.packs),
    ...notEvaluated(group),
  };
}

/** How many stacks each group with a selector takes in: the others need no look at every stack. */
async function countSelected({ db, org }: OrgCtx, groups: readonly Summary[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const rules: { id: string; rule: MembershipRule; listed: Set<string> }[] = [];
  for (const group of groups) {
    if (!group.selector) continue;
    const listed = new Set((await listListed(db, group.id)).map(({ id }) => id));
    rules.push({ id: group.id, rule: membershipOf(ruleOf(group)), listed });
    counts.set(group.id, 0);
  }
  if (rules.length === 0) return counts;
  for await (const stack of eachStack(db, org.id)) {
    for (const { id, rule, listed } of rules) {
      if (rule(stack, listed.has(stack.id))) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

/** The groups that take in the stack. */
export async function listGroupsOfStack(ctx: StackCtx, mode?: Mode) {
  const { groups } = await readStackPolicies(ctx);
  const names = new Set(groups.filter((group) => !mode || group.mode === mode).map(({ name }) => name));
  return (await listGroups(ctx)).filter(({ name }) => names.has(name));
}

/** A policy group whole, and the ETag that stands for it as it is now. */
export async function readGroupWhole(ctx: OrgCtx, name: string) {
  const group = await requireGroup(ctx, name);
  const shown = await shownTo(ctx);
  const stacks = (await listMembers(ctx, group)).filter(shown);
  const packs = await listEnabled(ctx.db, group.id);
  const excluded = group.is_default ? (await listListed(ctx.db, group.id)).filter(shown) : [];
  const accounts = await listAccounts(ctx.db, group.id);
  if (ctx.org.role !== "member") await noteRead(ctx.db, group, ctx.actor.userId);
  const answer = {
    name: group.name,
    isOrgDefault: group.is_default,
    entityType: group.entity_type,
    mode: group.mode,
    stacks: stacks.map(referenceOf),
    accounts,
    appliedPolicyPacks: packs.map((pack) => ({
      name: pack.name,
      displayName: pack.displayName,
      version: pack.version,
      versionTag: pack.tag ?? "",
      ...(pack.config !== null && { config: verbatim(pack.config) }),
      ...(pack.environments.length > 0 && { environments: pack.environments }),
      ...(pack.follows && { follows: true }),
      ...(pack.follows && pack.newest !== nameOf(pack) && { behind: pack.newest ?? "" }),
    })),
    ...(group.agent_pool_id !== null && { agentPoolId: group.agent_pool_id }),
    ...(group.selector && { selector: group.selector }),
    ...(excluded.length > 0 && { excludedStacks: excluded.map(referenceOf) }),
    ...notEvaluated(group),
  };
  return { answer, etag: etagOf(group) };
}

/** Whoever manages policies sees every stack of a group; a member those that they may read. */
async function shownTo(ctx: OrgCtx): Promise<(stack: { id: string }) => boolean> {
  if (ctx.org.role !== "member") return () => true;
  const readable = await listReadable(ctx);
  return ({ id }) => readable.has(id);
}

function referenceOf({ project, name }: { project: string; name: string }) {
  return { name, routingProject: project };
}

function ruleOf(group: GroupRow) {
  return { isDefault: group.is_default, entityType: group.entity_type, selector: group.selector };
}

async function listMembers({ db, org }: OrgCtx, group: GroupRow): Promise<Omit<StackRow, "tags" | "listed">[]> {
  if (group.entity_type !== "stacks") return [];
  if (!group.is_default && !group.selector) return listListed(db, group.id);
  const rule = membershipOf(ruleOf(group));
  const members: StackRow[] = [];
  for await (const stack of eachStack(db, org.id, { groupId: group.id })) {
    if (rule(stack, stack.listed)) members.push(stack);
  }
  return members;
}

/** What the stack's next update must run, each with a URL for its archive; or what audit groups would run. */
export async function requiredPolicies(ctx: StackCtx, mode: Mode = "preventative") {
  const { groups } = await readStackPolicies(ctx);
  const enabled = groups.filter((group) => group.mode === mode).flatMap(({ packs }) => packs);
  return requiredPacks(enabled).map(({ name, version, tag, displayName, config, environments, versionId }) => ({
    name,
    version,
    versionTag: tag ?? "",
    displayName,
    packLocation: downloadUrl(ctx, versionId),
    ...(config !== null && { config: verbatim(config) }),
    ...(environments.length > 0 && { environments }),
  }));
}
