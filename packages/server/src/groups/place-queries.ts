import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { SelectableStack } from "./rule.ts";

/** Stacks that the groups can't tell apart, or one that has changed since rules looked at it. */
export interface PlaceRow {
  /** These rules have looked at them. */
  current: boolean;
  /** What a rule looks at, of one that has changed. */
  changed: SelectableStack | null;
  /** One character for each rule: 1 if it takes them in. */
  selected: string;
  /** Ids of the groups in whose lists they are. */
  listed: string[];
  stacks: number;
  resources: number;
  /** Of the stacks, when they are asked for. None of `others`. */
  ids: string[];
  /** These are all stacks that are in no other row. Most stacks are, so their ids would be long. */
  others: boolean;
}

/** Where `stack_places` says which stacks a group's rule takes in. */
export interface RulePlace {
  digest: Buffer;
  /** Of the group among those with rules, from 0. */
  index: number;
}

interface OfRules {
  organizationId: string;
  /** Of the rules. Undefined when there are none. */
  digest: Buffer | undefined;
}

/**
 * All is of one moment, because others go on changing stacks.
 *
 * @param of.only ids of the stacks that count; undefined for all.
 * @param of.most so many of the stacks that have changed are listed by themselves. With more of them they are in rows that are not current.
 */
export async function listPlaces(
  db: Db,
  of: OfRules & { only?: readonly string[] | undefined; ids: boolean; most: number },
): Promise<PlaceRow[]> {
  const { organizationId, digest, only, ids, most } = of;
  const current = digest ? sql`(selectors is not null and selectors = ${digest})` : sql`true`;
  const wanted = only ? sql`stack_id = any(${[...only]}::uuid[])` : sql`true`;
  const shown = ids ? sql`array_agg(stack_id::text)` : sql`'{}'::text[]`;
  const alikeMost = sql`
    select selectors, selected, true as are from place_counts where organization_id = ${organizationId} and ${only ? sql`false` : sql`true`}
    group by selectors, selected order by sum(stacks) desc limit 1`;
  // Of all stacks it is known how many there are. Those in lists are taken out of them: there are few, so each is read by an index.
  const unlisted =
    only || ids
      ? sql`
        select place.selectors, place.selected, count(*) as stacks, sum(resources) as resources,
          ${ids ? sql`coalesce(array_agg(stack_id::text) filter (where others.are is null), '{}')` : shown} as ids,
          coalesce(bool_or(others.are), false) as others
        from stack_places place left join (${alikeMost}) as others
          on others.selected = place.selected and others.selectors is not distinct from place.selectors
        where organization_id = ${organizationId} and ${wanted} and stack_id not in (select stack_id from listed)
        group by place.selectors, place.selected`
      : sql`
        select selectors, selected, sum(stacks) as stacks, sum(resources) as resources, ${shown} as ids, false as others from (
          select selectors, selected, stacks, resources from place_counts where organization_id = ${organizationId}
          union all
          select selectors, selected, -1, -resources from listed
        ) as counted
        group by selectors, selected having sum(stacks) <> 0`;
  // Those that have changed are in order, because the database would read all stacks where it guesses that many have.
  const { rows } = await sql<PlaceRow>`
    with listed as materialized (
      select place.*, groups from (
        select stack_id, array_agg(group_id::text order by group_id) as groups
        from policy_group_stacks join policy_groups on id = group_id where organization_id = ${organizationId}
        group by stack_id
      ) as listed
      cross join lateral (select * from stack_places where stack_id = listed.stack_id offset 0) as place
    ), changed as materialized (
      select stack_id, resources from stack_places
      where ${digest ? sql`organization_id = ${organizationId} and selectors is null and ${wanted}` : sql`false`}
      order by stack_id limit ${most + 1}
    ), few as materialized (select count(*) <= ${most} as are from changed)
    select ${current} as current, null as changed, selected, listed, stacks::int, resources::int, ids, others from (
      select selectors, selected, '{}'::text[] as listed, stacks, resources, ids, others from (${unlisted}) as unlisted
      union all
      select selectors, selected, groups, count(*), sum(resources), ${shown}, false from listed where ${wanted}
      group by selectors, selected, groups
    ) as counted where selectors is not null or ${digest ? sql`not (select are from few)` : sql`true`}
    union all
    select true, json_build_object('project', stack.project, 'name', stack.name, 'tags', stack.tags), '',
      coalesce((select groups from listed where listed.stack_id = changed.stack_id), '{}'), 1, changed.resources,
      array[changed.stack_id::text], false
    from changed cross join lateral (select * from stacks where id = changed.stack_id offset 0) as stack
    where (select are from few)`.execute(db);
  return rows;
}

/** Sums up what changes have added to the counts. */
export async function sumPlaceCounts(db: Db): Promise<void> {
  await sql`
    with taken as (
      delete from place_counts where organization_id in (
        select organization_id from place_counts group by organization_id, selectors, selected
        having count(*) > 1 or sum(stacks) = 0
      )
      returning *
    )
    insert into place_counts
    select organization_id, selectors, selected, sum(stacks), sum(resources) from taken
    group by organization_id, selectors, selected having sum(stacks) <> 0`.execute(db);
}

export type UnplacedStack = SelectableStack & { id: string; changes: number };

/**
 * Stacks that these rules have not looked at, after `after` in the order of their ids.
 *
 * @param page.changed only those that have changed since any looked at them, which are found without reading all others.
 */
export async function listUnplaced(
  db: Db,
  page: OfRules & { changed: boolean; after: string | undefined; limit: number },
): Promise<UnplacedStack[]> {
  const { organizationId, digest, changed, after, limit } = page;
  const unplaced = changed ? sql`is null` : sql`is distinct from ${digest ?? null}::bytea`;
  // The database may guess that a third of the stacks are unplaced. Joined, it would then read all stacks to find one.
  const { rows } = await sql<UnplacedStack>`
    select stack.id, place.changes, stack.project, stack.name, stack.tags
    from (
      select stack_id, changes from stack_places
      where organization_id = ${organizationId} and selectors ${unplaced}
        and ${after === undefined ? sql`true` : sql`stack_id > ${after}`}
      order by stack_id limit ${limit}
    ) as place
    cross join lateral (select * from stacks where id = place.stack_id offset 0) as stack
    order by stack.id`.execute(db);
  return rows;
}

/** Keeps what the rules have said, in a transaction. A stack that has changed since then is left out. */
export async function setPlaces(
  db: Db,
  digest: Buffer,
  placed: readonly { id: string; changes: number; selected: string }[],
): Promise<void> {
  const ids = placed.map(({ id }) => id);
  // In one order, so that two who place the same stacks never wait for each other.
  await sql`
    select from stack_places where stack_id = any(${ids}::uuid[]) order by stack_id for no key update`.execute(db);
  await sql`
    update stack_places set selectors = ${digest}, selected = placed.selected
    from json_to_recordset(${JSON.stringify(placed)}::json) as placed (id uuid, changes integer, selected text)
    where stack_id = placed.id and stack_places.changes = placed.changes`.execute(db);
}
