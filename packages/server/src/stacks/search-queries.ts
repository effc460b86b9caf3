import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { membershipsOf } from "../people/index.ts";
import { teamsOf } from "../teams/index.ts";
import { readsAllOf } from "./readable-queries.ts";

// Stacks by a part of `project/name`. A list has the first of them that the caller may read, and no single way finds these soon for every
// text: nearly all stacks may match, or only the last, or none that the caller may read.

interface Wanted {
  actor: Actor;
  organization: string | undefined;
  text: string;
  /** The names of the organization, the project and the stack after which the list begins. */
  after?: readonly string[] | undefined;
  bounds: typeof BOUNDS;
}

/** In stacks. */
export const BOUNDS = {
  /** Of the list: so many are looked at in its order. */
  first: 500,
  /** That match: to look at so many takes less than to go through all in the order of the list. */
  many: 10_000,
  /** That the caller may read. */
  few: 1000,
};
/** In letters, of the pieces that the index has. */
const PIECE = { shortest: 2, longest: 3 };

/** Known to be one, it lets the database read stacks in the order of the list, as far as it has to. */
export const idOf = (organization: string) => sql`(select id from organizations where name = ${organization})`;

const searched = sql`searched_stack(stack.project, stack.name)`;

/** Whether `stack` has the text in its names, in any case. */
export const hasText = (text: string) => sql<SqlBool>`position(lower(${text}) in ${searched}) > 0`;

/** The ids of those that match among the first of the list: enough when most match. */
export function firstOnes({ organization, text, after, bounds }: Wanted): RawBuilder<string[]> {
  if (organization === undefined) return sql`array[]::uuid[]`;
  const [, ...names] = after ?? [];
  return sql`array(
    select id from (
      select id, project, name from stacks
      where organization_id = ${idOf(organization)} and ${after ? sql`(project, name) > (${sql.join(names)})` : sql`true`}
      order by project, name limit ${bounds.first}
    ) as stack where ${hasText(text)}
  )`;
}

/** The ids of stacks among which are all that match and that the caller may read. Undefined when these are too many. */
export async function findCandidates(db: Db, wanted: Wanted): Promise<RawBuilder<string[]> | undefined> {
  const { organization, text, bounds } = wanted;
  if (text.length >= PIECE.shortest) {
    const own = organization === undefined ? sql`true` : sql`organization_id = ${idOf(organization)}`;
    const having = sql`from stacks stack where ${own} and pieces_of(${searched}) @> ${piecesOf(text)}::text[]`;
    const { rows } = await sql<{ many: boolean }>`
      select count(*) > ${bounds.many} as many from (select 1 ${having} limit ${bounds.many + 1}) as found`.execute(db);
    if (!rows[0]?.many) return sql`array(select stack.id ${having})`;
  }
  return findReadableIfFew(db, wanted);
}

function piecesOf(text: string): string[] {
  const size = Math.min(text.length, PIECE.longest);
  return Array.from({ length: text.length - size + 1 }, (_, at) => text.toLowerCase().slice(at, at + size));
}

/** All that the caller may read, and perhaps some more. */
async function findReadableIfFew(
  db: Db,
  { actor, organization, bounds }: Wanted,
): Promise<RawBuilder<string[]> | undefined> {
  if (organization === undefined) return undefined;
  const { rows } = await sql<{ ids: string[] | null }>`
    select case
      when exists (
        select from ${membershipsOf(actor)} join organizations org on org.id = membership.organization_id
        where org.id = ${idOf(organization)} and ${readsAllOf(actor)}
      ) then null
      else array(
        select stack_id from team_stacks where team_id in (${teamsOf(actor)})
        union all
        select id from stacks where organization_id = ${idOf(organization)} and created_by = ${actor.userId}
        limit ${bounds.few + 1}
      )
    end as ids`.execute(db);
  const ids = rows[0]?.ids;
  return ids && ids.length <= bounds.few ? sql`${ids}::uuid[]` : undefined;
}
