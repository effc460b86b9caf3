import { sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { selectReadable } from "../stacks/index.ts";

// Resources that a policy pack has evaluated, by their names and types.

export interface FoundResource {
  project: string;
  stack: string;
  urn: string;
}

interface Found {
  resources: FoundResource[];
  /** Fewer than wanted were found, and there are too many to look at all. */
  leftOut: boolean;
}

interface Wanted {
  text: string;
  limit: number;
}

/** So many evaluations are looked at. */
const LOOKED_AT = 20_000;
/** In so many types a name is looked for. A program can give each resource a type of its own. */
const TYPES = 5_000;
/** Of each resource, one for each of its packs. */
const PACKS = 20;

/** As the index has them, which does not take long texts: so much of a type and of a name. */
const TYPE_LENGTH = sql.lit(200);
const NAME_LENGTH = sql.lit(100);
const type = sql`left(searched_type(urn), ${TYPE_LENGTH}) collate "C"`;
const name = sql`left(searched_name(urn), ${NAME_LENGTH}) collate "C"`;
/** After all texts. */
const last = sql`chr(1114111)`;

/**
 * Those whose name begins like the text, or whose type has it, in all stacks of an organization or in some of them. Every type is looked
 * at by the index, and then in each only what begins like the text. What the index has only a part of is compared as a whole afterwards.
 * What other organizations have is not looked at, so it counts for no limit.
 *
 * @param reader who may read some stacks only; undefined for all stacks.
 */
export async function findResourcesOf(
  db: Db,
  {
    organizationId,
    reader,
    text,
    limit,
    mostLookedAt = LOOKED_AT,
    mostTypes = TYPES,
  }: Wanted & {
    organizationId: string;
    reader: Actor | undefined;
    mostLookedAt?: number;
    mostTypes?: number;
  },
): Promise<Found> {
  const own = sql`governed and organization_id = ${organizationId}`;
  const start = sql`case when types.matches or types.cut then '' else left(lower(${text}), ${NAME_LENGTH}) end`;
  const readable = reader
    ? selectReadable(db, reader)
        .where("org.id", "=", organizationId)
        .select(["stack.id", "stack.project", "stack.name"])
    : sql`select id, project, name from stacks`;
  const { rows } = await sql<{ found: (FoundResource & { place: number })[]; leftOut: boolean }>`
    with recursive each_type as (
      (select ${type} as type from evaluations where ${own} order by 1 limit 1)
      union all
      select (
        select ${type} from evaluations where ${own} and ${type} > each_type.type order by 1 limit 1
      ) from each_type where each_type.type is not null
    ), types as (
      select type, position(lower(${text}) in type) > 0 as matches, length(type) = ${TYPE_LENGTH} as cut
      from each_type where type is not null limit ${mostTypes}
    ), looked_at as (
      select named.*, types.matches, types.cut, (row_number() over ())::int as place from types cross join lateral (
        select stack_id, urn from evaluations
        where ${own} and ${type} = types.type and ${name} >= ${start} and ${name} < ${start} || ${last}
        order by ${type}, ${name} limit ${mostLookedAt}
      ) as named
      limit ${mostLookedAt}
    ), found as materialized (
      select project, stack, urn, place from looked_at left join lateral (
        select project, name as stack from (${readable}) as readable where id = looked_at.stack_id offset 0
      ) as stacks on (
        looked_at.matches or starts_with(searched_name(looked_at.urn), lower(${text}))
        or looked_at.cut and position(lower(${text}) in searched_type(looked_at.urn)) > 0
      )
      where stack is not null or place = ${mostLookedAt}
      limit ${limit * PACKS}
    )
    select coalesce((select json_agg(found order by place) from found where stack is not null), '[]') as found,
      case when (select count(distinct (project, stack, urn)) from found where stack is not null) < ${limit}
        then exists (select from found where place = ${mostLookedAt}) or (select count(*) from types) = ${mostTypes}
        else false end as "leftOut"`.execute(db);
  return { resources: distinct(rows[0]?.found ?? [], limit), leftOut: rows[0]?.leftOut ?? false };
}

/** The same of few stacks, whose resources are all looked at. */
export async function findResourcesOfFew(
  db: Db,
  { stackIds, text, limit }: Wanted & { stackIds: readonly string[] },
): Promise<Found> {
  const matches = sql`(position(lower(${text}) in searched_type(urn)) > 0 or starts_with(searched_name(urn), lower(${text})))`;
  const { rows } = await sql<{ found: FoundResource[]; leftOut: boolean }>`
    with looked_at as materialized (
      select stack_id, urn from unnest(${[...stackIds]}::uuid[]) as wanted (id)
      join evaluations on stack_id = wanted.id and governed limit ${LOOKED_AT}
    ), found as (
      select distinct project, name as stack, urn from looked_at join stacks on stacks.id = stack_id
      where ${matches} order by urn limit ${limit}
    )
    select coalesce((select json_agg(found) from found), '[]') as found,
      (select count(*) from found) < ${limit} and (select count(*) from looked_at) = ${LOOKED_AT} as "leftOut"`.execute(
    db,
  );
  return { resources: rows[0]?.found ?? [], leftOut: rows[0]?.leftOut ?? false };
}

/** Resources of a stack whose URN begins like the text. */
export async function findResourcesByUrn(
  db: Db,
  { stackId, text, limit }: Wanted & { stackId: string },
): Promise<string[]> {
  const { rows } = await sql<{ urn: string }>`
    select distinct urn from evaluations where stack_id = ${stackId} and governed and starts_with(lower(urn), lower(${text}))
    order by urn limit ${limit}`.execute(db);
  return rows.map(({ urn }) => urn);
}

/** Each once, however many packs have evaluated it. */
function distinct(rows: readonly FoundResource[], limit: number): FoundResource[] {
  const byUrn = new Map(rows.map(({ project, stack, urn }) => [`${project}/${stack} ${urn}`, { project, stack, urn }]));
  return [...byUrn.values()].slice(0, limit);
}
