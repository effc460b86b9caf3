import type { OrgCtx } from "../context.ts";
import { listCoverage } from "./member-queries.ts";
import { membershipOf } from "./membership.ts";
import { listGroupSummaries } from "./queries.ts";

type Covering = Awaited<ReturnType<typeof listGroupSummaries>>[number];

/**
 * How many stacks, and resources in them, have policies: a stack is protected when a group that takes it in has a pack
 * enabled, preventative or audit as that group is. Accounts are counted by name; what is in them nobody knows here.
 */
export async function readCoverage({ db, org }: OrgCtx) {
  const groups = await listGroupSummaries(db, org.id);
  const stacks = await listCoverage(db, org.id);
  const rules = groups
    .filter(({ packs }) => Number(packs) > 0)
    .map((group) => {
      const { is_default: isDefault, entity_type: entityType, selector } = group;
      return { ...group, rule: membershipOf({ isDefault, entityType, selector }) };
    });
  const modesOf = (stack: (typeof stacks)[number]) =>
    new Set(rules.filter(({ id, rule }) => rule(stack, stack.groups.includes(id))).map(({ mode }) => mode));
  const covered = stacks.map((stack) => ({ resources: stack.resources, modes: modesOf(stack) }));
  const preventative = covered.filter(({ modes }) => modes.has("preventative"));
  const audit = covered.filter(({ modes }) => modes.has("audit"));
  const either = covered.filter(({ modes }) => modes.size > 0);
  return {
    TotalStacks: covered.length,
    ProtectedStacks: either.length,
    PreventativeStacks: preventative.length,
    AuditStacks: audit.length,
    TotalStackResources: sumResources(covered),
    ProtectedStackResources: sumResources(either),
    PreventativeStackResources: sumResources(preventative),
    AuditStackResources: sumResources(audit),
    TotalAccounts: countAccounts(groups),
    ProtectedAccounts: countAccounts(rules),
    TotalAccountResources: 0,
    ProtectedAccountResources: 0,
  };
}

function sumResources(stacks: readonly { resources: number }[]): number {
  return stacks.reduce((sum, { resources }) => sum + resources, 0);
}

function countAccounts(groups: readonly Covering[]): number {
  return groups.reduce((sum, { accounts }) => sum + Number(accounts), 0);
}
