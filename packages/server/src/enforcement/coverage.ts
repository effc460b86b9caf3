import type { GroupMode } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import type { Governed } from "../findings/index.ts";
import { listGroupCounts, type Place, readPlaces } from "../groups/index.ts";
import { listEnforcedPacks } from "./queries.ts";

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
export async function readCoverage(ctx: OrgCtx): Promise<GroupCoverage> {
  const groups = await listGroupCounts(ctx.db, ctx.org.id);
  const enforcing = groups.filter(({ packs }) => Number(packs) > 0);
  const modeOf = new Map(enforcing.map(({ id, mode }) => [id, mode]));
  const places = (await readPlaces(ctx)).map((place) => ({
    ...place,
    modes: new Set([...place.groups].flatMap((id) => modeOf.get(id) ?? [])),
  }));
  return {
    stacks: countBy(places, ({ stacks }) => stacks),
    resources: countBy(places, ({ resources }) => resources),
    accounts: {
      total: groups.reduce((sum, { accounts }) => sum + Number(accounts), 0),
      protected: enforcing.reduce((sum, { accounts }) => sum + Number(accounts), 0),
    },
  };
}

/** What the stacks that the caller may read must run, because groups that enforce have it enabled. */
export async function listGoverned(ctx: OrgCtx): Promise<Governed> {
  const packsOf = new Map<string, string[]>();
  for (const { groupId, pack } of await listEnforcedPacks(ctx.db, ctx.org.id))
    packsOf.set(groupId, [...(packsOf.get(groupId) ?? []), pack]);
  const all = (await readPlaces(ctx, { ids: true })).map(({ groups, ...place }) => ({
    ...place,
    packs: [...new Set([...groups].flatMap((id) => packsOf.get(id) ?? []))].sort(),
  }));
  const others = all.find((place) => place.others)?.packs ?? [];
  const places = all.filter((place) => !place.others && (place.packs.length > 0 || others.length > 0));
  return { places: places.map(({ ids, packs }) => ({ ids, packs })), others };
}

type Covering = Place & { modes: ReadonlySet<GroupMode> };

function countBy(places: readonly Covering[], weight: (place: Place) => number): Covered {
  const sum = (counts: (place: Covering) => boolean) =>
    places.filter(counts).reduce((total, place) => total + weight(place), 0);
  return {
    total: sum(() => true),
    protected: sum(({ modes }) => modes.size > 0),
    preventative: sum(({ modes }) => modes.has("preventative")),
    audit: sum(({ modes }) => modes.has("audit")),
  };
}
