import { createHash } from "node:crypto";
import { type OrgCtx, transaction } from "../context.ts";
import { givingWay } from "../give-way.ts";
import { type GroupScope, takesIn } from "./membership.ts";
import { listPlaces, listUnplaced, type PlaceRow, type RulePlace, setPlaces } from "./place-queries.ts";
import { listGroupScopes } from "./queries.ts";
import { parseRule } from "./rule.ts";
import { type RuleText, readRule } from "./rule-text.ts";
import { listVisible } from "./visibility.ts";

/** Stacks that are in the same groups. */
export interface Place {
  stacks: number;
  /** In their states. */
  resources: number;
  /** Ids. */
  groups: ReadonlySet<string>;
  /** Of the stacks, when they are asked for. None of `others`. */
  ids: readonly string[];
  /** These are all stacks of the organization that are in no other place, when ids are asked for. At most one place has them. */
  others: boolean;
}

type ScopeRow = GroupScope & { id: string };
type RuledScope = ScopeRow & { stackRule: RuleText };

/** In stacks. */
const PAGE = 5_000;
/** Of the stacks that change while rules look at all, so many are looked at again by themselves. */
const MOST_CHANGED = 1_000;

/**
 * How many stacks are in which groups, of those that the caller sees in groups. Rules look at a stack once, and again when its names, its tags or a rule has changed.
 *
 * @throws selector_invalid, match_rule_invalid: a group whose rule can't be understood must not look as if it took in nothing.
 */
export async function readPlaces(ctx: OrgCtx, { ids = false } = {}): Promise<Place[]> {
  const organizationId = ctx.org.id;
  const only = await listVisible(ctx);
  for (;;) {
    // Read again each time, because another request may look with newer ones.
    const groups = await listGroupScopes(ctx.db, organizationId);
    const ruled = groups.filter(hasRule);
    const digest = ruled.length > 0 ? digestOf(ruled) : undefined;
    if (digest) await placeStacks(ctx, ruled, { digest, changed: true });
    const rows = await listPlaces(ctx.db, { organizationId, digest, only, ids, most: MOST_CHANGED });
    if (!digest || rows.every(({ current }) => current)) {
      const matchers = ruled.map(matcherOf);
      const takes = ({ changed, selected }: PlaceRow, index: number) =>
        changed ? matchers[index]?.reasons(changed) !== undefined : selected[index] === "1";
      const giveWay = givingWay();
      const places: Place[] = [];
      for (const row of rows) {
        await giveWay();
        const { stacks, resources, ids, others, listed } = row;
        const taking = ruled.filter((_, index) => takes(row, index));
        places.push({ stacks, resources, ids, others, groups: groupsOf(groups, { listed, ruled: taking }) });
      }
      return places;
    }
    await placeStacks(ctx, ruled, { digest, changed: false });
  }
}

/** Has the rules look at all stacks that they have not seen. @returns undefined for a group without a rule. */
export async function placeGroup(ctx: OrgCtx, groupId: string): Promise<RulePlace | undefined> {
  const ruled = (await listGroupScopes(ctx.db, ctx.org.id)).filter(hasRule);
  const index = ruled.findIndex(({ id }) => id === groupId);
  if (index === -1) return undefined;
  const digest = digestOf(ruled);
  for (const changed of [true, false]) await placeStacks(ctx, ruled, { digest, changed });
  return { digest, index };
}

function groupsOf(groups: readonly ScopeRow[], of: { listed: readonly string[]; ruled: readonly ScopeRow[] }) {
  const members = groups.filter((group) =>
    takesIn(group, { listed: of.listed.includes(group.id), ruled: of.ruled.includes(group) }),
  );
  return new Set(members.map(({ id }) => id));
}

function hasRule(group: ScopeRow): group is RuledScope {
  return group.stackRule !== null;
}

function matcherOf({ stackRule }: RuledScope) {
  return parseRule(readRule(stackRule));
}

function digestOf(ruled: readonly RuledScope[]): Buffer {
  return createHash("sha256")
    .update(JSON.stringify(ruled.map(({ id, stackRule }) => [id, stackRule])))
    .digest();
}

/** @param which those that have changed, or all that these rules have not looked at. */
async function placeStacks(
  { db, org }: OrgCtx,
  ruled: readonly RuledScope[],
  which: { digest: Buffer; changed: boolean },
): Promise<void> {
  const matchers = ruled.map(matcherOf);
  const giveWay = givingWay();
  for (let after: string | undefined; ; ) {
    const stacks = await listUnplaced(db, { organizationId: org.id, ...which, after, limit: PAGE });
    const placed: { id: string; changes: number; selected: string }[] = [];
    for (const stack of stacks) {
      await giveWay();
      const selected = matchers.map((matcher) => (matcher.reasons(stack) ? "1" : "0")).join("");
      placed.push({ id: stack.id, changes: stack.changes, selected });
    }
    if (placed.length > 0) await transaction({ db }, (tx) => setPlaces(tx.db, which.digest, placed));
    if (stacks.length < PAGE) return;
    after = stacks.at(-1)?.id;
  }
}
