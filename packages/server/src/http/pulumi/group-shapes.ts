import type { IncomingHttpHeaders } from "node:http";
import { type EntityType, type GroupMode, type Selector, type Tags, warnings } from "@quillon/contract";
import type { GroupCoverage } from "../../enforcement/index.ts";
import { type Group, type GroupSummary, type Spellings, spellingsOf } from "../../groups/index.ts";
import { verbatim } from "../../json/write.ts";
import { versionName } from "../../packs/index.ts";
import { asksForPulumi, isPulumiCli } from "./clients.ts";
import { stackReference } from "./shapes.ts";

/** Why a group is not evaluated: a sentence for people. */
export function notEvaluated({ entityType, mode }: { entityType: EntityType; mode: GroupMode }): string | undefined {
  const kind = entityType === "accounts" ? "accounts" : mode;
  return kind === "preventative" ? undefined : warnings.group_not_evaluated({ kind });
}

/** What the CLI should tell who reads a group. */
export function groupWarning(group: Group): string | undefined {
  const rule = spellings(group);
  const sentences = [
    notEvaluated(group),
    rule && !rule.stackMatchRule && notWritten(group, rule),
    group.accountRule !== null && warnings.group_rule_not_evaluated({}),
  ];
  return sentences.filter(Boolean).join(" ") || undefined;
}

function spellings({ stackRule }: Group): Spellings | undefined {
  return stackRule === null ? undefined : spellingsOf(stackRule);
}

/** In which form the group's rule can't be written, and why. */
function notWritten({ name: group }: Group, { unsayable, noSelector }: Spellings): string | undefined {
  if (unsayable) return warnings.group_rule_no_match_rule({ group, because: JSON.stringify(unsayable) });
  return noSelector && warnings.group_rule_no_selector({ group, because: noSelector });
}

/** A policy group in a list. */
export function groupSummaryOf(
  { name, isDefault, entityType, mode, stacks, accounts, packs }: GroupSummary,
  client: IncomingHttpHeaders,
) {
  const reason = asksForPulumi(client) ? undefined : notEvaluated({ entityType, mode });
  return {
    name,
    isOrgDefault: isDefault,
    numStacks: stacks,
    numAccounts: accounts,
    entityType,
    mode,
    numEnabledPolicyPacks: packs,
    ...(reason && { notEvaluated: reason }),
  };
}

/** A policy group with its members and packs, in the form that the client reads. */
export function groupOf(group: Group, client: IncomingHttpHeaders) {
  return {
    name: group.name,
    isOrgDefault: group.isDefault,
    entityType: group.entityType,
    mode: group.mode,
    stacks: group.stacks.map(stackReference),
    accounts: group.accounts,
    appliedPolicyPacks: group.packs.map((pack) => appliedPackOf(pack, client)),
    ...(group.agentPoolId !== null && { agentPoolId: group.agentPoolId }),
    ...rulesOf(group),
    ...(!asksForPulumi(client) && ownFieldsOf(group)),
  };
}

function rulesOf(group: Group) {
  const rule = spellings(group)?.stackMatchRule;
  return {
    ...(rule && { stackMatchRule: verbatim<{ __type: string }>(rule) }),
    ...(group.accountRule !== null && { accountMatchRule: verbatim<{ __type: string }>(group.accountRule) }),
  };
}

function ownFieldsOf(group: Group) {
  const reason = notEvaluated(group);
  const rule = spellings(group);
  const missing = rule && notWritten(group, rule);
  return {
    ...(rule?.selector && { selector: verbatim<Selector>(rule.selector) }),
    ...(missing && { ruleNotWritten: missing }),
    ...(group.excluded.length > 0 && { excludedStacks: group.excluded.map(stackReference) }),
    ...(reason && { notEvaluated: reason }),
  };
}

export function memberOf({ project, name, tags }: { project: string; name: string; tags: Tags }) {
  return { name, routingProject: project, tags };
}

/** @param counts only those of a first page are known. */
export function matchCountsOf(counts: { matched: number; total: number } | undefined) {
  return counts && { matchedCount: counts.matched, totalCount: counts.total };
}

function appliedPackOf(pack: Group["packs"][number], client: IncomingHttpHeaders) {
  return {
    name: pack.name,
    displayName: pack.displayName,
    ...(isPulumiCli(client) ? versionForCli(pack) : { version: pack.version, versionTag: pack.tag ?? "" }),
    ...(pack.config !== null && { config: verbatim(pack.config) }),
    ...(pack.environments.length > 0 && { environments: pack.environments }),
    ...(!asksForPulumi(client) && ownPackFieldsOf(pack)),
  };
}

function ownPackFieldsOf(pack: Group["packs"][number]) {
  return { ...(pack.follows && followOf(pack)), ...(pack.needs && { needs: pack.needs }) };
}

function followOf(pack: Group["packs"][number]) {
  return { follows: true, ...(pack.newest !== versionName(pack) && { behind: pack.newest ?? "" }) };
}

/**
 * `pulumi policy group edit --remove-policy-pack P@V` takes out of the list that it reads what has the same tag and the same
 * integer as V, and V is an integer when it looks like one, else a tag. So exactly one of the two is listed.
 * https://github.com/pulumi/pulumi/blob/v3.250.0/pkg/cmd/pulumi/policy/policy_group_edit.go#L358
 */
function versionForCli(pack: { version: number; tag: string | null }): { version: number; versionTag: string } {
  const name = versionName(pack);
  return /^[1-9]\d{0,8}$/.test(name) ? { version: Number(name), versionTag: "" } : { version: 0, versionTag: name };
}

export function coverageOf({ stacks, resources, accounts }: GroupCoverage) {
  return {
    TotalStacks: stacks.total,
    ProtectedStacks: stacks.protected,
    PreventativeStacks: stacks.preventative,
    AuditStacks: stacks.audit,
    TotalStackResources: resources.total,
    ProtectedStackResources: resources.protected,
    PreventativeStackResources: resources.preventative,
    AuditStackResources: resources.audit,
    TotalAccounts: accounts.total,
    ProtectedAccounts: accounts.protected,
    TotalAccountResources: 0,
    ProtectedAccountResources: 0,
  };
}
