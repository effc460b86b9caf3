import type { EntityType, GroupMode } from "@quillon/contract";
import type { GroupCoverage } from "../../enforcement/index.ts";
import type { Group, GroupSummary } from "../../groups/index.ts";
import { verbatim } from "../../json/write.ts";
import { versionName } from "../../packs/index.ts";
import { stackReference } from "./shapes.ts";

const NOT_EVALUATED = {
  accounts: "This group is not evaluated yet: accounts are kept, but nothing here scans them.",
  audit: "This group is not evaluated yet: an audit group is kept, but no update has to run its packs.",
};

function notEvaluated({ entityType, mode }: { entityType: EntityType; mode: GroupMode }): { notEvaluated?: string } {
  if (entityType === "accounts") return { notEvaluated: NOT_EVALUATED.accounts };
  return mode === "audit" ? { notEvaluated: NOT_EVALUATED.audit } : {};
}

/** A policy group in a list. */
export function groupSummaryOf({ name, isDefault, entityType, mode, stacks, accounts, packs }: GroupSummary) {
  return {
    name,
    isOrgDefault: isDefault,
    numStacks: stacks,
    numAccounts: accounts,
    entityType,
    mode,
    numEnabledPolicyPacks: packs,
    ...notEvaluated({ entityType, mode }),
  };
}

/** A policy group with its members and packs, for the Pulumi CLI or for another client. */
export function groupOf(group: Group, client: "cli" | "other") {
  return {
    name: group.name,
    isOrgDefault: group.isDefault,
    entityType: group.entityType,
    mode: group.mode,
    stacks: group.stacks.map(stackReference),
    accounts: group.accounts,
    appliedPolicyPacks: group.packs.map((pack) => appliedPackOf(pack, client)),
    ...(group.agentPoolId !== null && { agentPoolId: group.agentPoolId }),
    ...(group.selector && { selector: group.selector }),
    ...(group.excluded.length > 0 && { excludedStacks: group.excluded.map(stackReference) }),
    ...notEvaluated(group),
  };
}

function appliedPackOf(pack: Group["packs"][number], client: "cli" | "other") {
  return {
    name: pack.name,
    displayName: pack.displayName,
    ...(client === "cli" ? versionForCli(pack) : { version: pack.version, versionTag: pack.tag ?? "" }),
    ...(pack.config !== null && { config: verbatim(pack.config) }),
    ...(pack.environments.length > 0 && { environments: pack.environments }),
    ...(pack.follows && { follows: true }),
    ...(pack.follows && pack.newest !== versionName(pack) && { behind: pack.newest ?? "" }),
  };
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
