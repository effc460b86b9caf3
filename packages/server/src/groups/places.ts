import { createHash } from "node:crypto";
import { type OrgCtx, transaction } from "../context.ts";
import { givingWay } from "../give-way.ts";
import { type GroupScope, takesIn } from "./membership.ts";
import { listPlaces, listUnplaced, setPlaces } from "./place-queries.ts";
import { listGroupScopes } from "./queries.ts";
import { parseSelector } from "./selector.ts";

/** Stacks that are in the same groups. */
export interface Place {
  stacks: number;
  /** In their states. */
  resources: number;
  /** Ids. */
  groups: ReadonlySet<string>;
}

type ScopeRow = GroupScope & { id: string };

/** In stacks. */
const PAGE = 5_000;

/**
 * How many stacks are in which groups. Selectors look at a stack once, and again when its names, its tags or a selector has
 * changed.
 *
 * @throws selector_invalid: a group whose selector can't be understood must not look as if it took in nothing.
 */
export async function readPlaces(ctx: OrgCtx): Promise<Place[]> {
  const organizationId = ctx.org.id;
  for (;;) {
    // Read again each time, because another request may look with newer ones.
    const groups = await listGroupScopes(ctx.db, organizationId);
    const selecting = groups.filter(({ selector }) => selector !== null);
    const digest = selecting.length > 0 ? digestOf(selecting) : undefined;
    if (digest) await placeStacks(ctx, selecting, { digest, changed: true });
    const rows = await listPlaces(ctx.db, { organizationId, digest });
    if (!digest || rows.every(({ current }) => current))
      return rows.map(({ stacks, resources, selected, listed }) => ({
        stacks,
        resources,
        groups: groupsOf(groups, { listed, selected: selecting.filter((_, index) => selected[index] === "1") }),
      }));
    await placeStacks(ctx, selecting, { digest, changed: false });
  }
}

function groupsOf(groups: readonly ScopeRow[], of: { listed: readonly string[]; selected: readonly ScopeRow[] }) {
  const members = groups.filter((group) =>
    takesIn(group, { listed: of.listed.includes(group.id), selected: of.selected.includes(group) }),
  );
  return new Set(members.map(({ id }) => id));
}

function digestOf(selecting: readonly ScopeRow[]): Buffer {
  return createHash("sha256")
    .update(JSON.stringify(selecting.map(({ id, selector }) => [id, selector])))
    .digest();
}

/** @param which those that have changed, or all that these selectors have not looked at. */
async function placeStacks(
  { db, org }: OrgCtx,
  selecting: readonly ScopeRow[],
  which: { digest: Buffer; changed: boolean },
): Promise<void> {
  const matchers = selecting.flatMap(({ selector }) => (selector ? [parseSelector(selector)] : []));
  const giveWay = givingWay();
  for (let after: string | undefined; ; ) {
    const stacks = await listUnplaced(db, { organizationId: org.id, ...which, after, limit: PAGE });
    if (stacks.length === 0) return;
    const placed: { id: string; changes: number; selected: string }[] = [];
    for (const stack of stacks) {
      await giveWay();
      const selected = matchers.map((matcher) => (matcher.reasons(stack) ? "1" : "0")).join("");
      placed.push({ id: stack.id, changes: stack.changes, selected });
    }
    await transaction({ db }, (tx) => setPlaces(tx.db, which.digest, placed));
    after = stacks.at(-1)?.id;
  }
}
