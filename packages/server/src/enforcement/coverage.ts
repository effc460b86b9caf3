import type { GroupMode } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { listGroupCounts, membershipOf } from "../groups/index.ts";
import { type CoveredStack, listCoveredStacks } from "./queries.ts";

/** How many of something have policies: in preventative groups, in audit groups, in either. */
export interface Covered {
  total: number;
  protected: number;
  preventative: number;
  audit: number;
}

export interface GroupCoverage {
  stacks: Covered;
  resources: Covered;
  accounts: { total: number; protected: number };
}

/**
 * How many stacks, and resources in them, have policies. A stack is protected when a group that takes it in has a pack
 * enabled; it is preventative, audit or both as those groups are. Accounts are counted by name, because their resources
 * are not known here.
 */
export async function readCoverage({ db, org }: OrgCtx): Promise<GroupCoverage> {
  const groups = await listGroupCounts(db, org.id);
  const enforcing = groups
    .filter(({ packs }) => Number(packs) > 0)
    .map((group) => ({ ...group, rule: membershipOf(group) }));
  const stacks = (await listCoveredStacks(db, org.id)).map((stack) => {
    const takenIn = enforcing.filter(({ id, rule }) => rule(stack, stack.groups.includes(id)));
    return { ...stack, modes: new Set(takenIn.map(({ mode }) => mode)) };
  });
  return {
    stacks: countBy(stacks, () => 1),
    resources: countBy(stacks, ({ resources }) => resources),
    accounts: {
      total: groups.reduce((sum, { accounts }) => sum + Number(accounts), 0),
      protected: enforcing.reduce((sum, { accounts }) => sum + Number(accounts), 0),
    },
  };
}

type Counted = CoveredStack & { modes: ReadonlySet<GroupMode> };

function countBy(stacks: readonly Counted[], weight: (stack: Counted) => number): Covered {
  const sum = (counts: (stack: Counted) => boolean) =>
    stacks.filter(counts).reduce((total, stack) => total + weight(stack), 0);
  return {
    total: sum(() => true),
    protected: sum(({ modes }) => modes.size > 0),
    preventative: sum(({ modes }) => modes.has("preventative")),
    audit: sum(({ modes }) => modes.has("audit")),
  };
}
