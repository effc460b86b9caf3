import { type RawBuilder, sql } from "kysely";

/** Stacks that must run the same packs. */
export interface Governed {
  /** Of the stacks. */
  ids: readonly string[];
  /** Names. */
  packs: readonly string[];
}

export const governedIds = (governed: readonly Governed[]): RawBuilder<unknown> =>
  sql`unnest(${governed.flatMap(({ ids }) => ids)}::uuid[])`;

/** In SQL: rows of `stack_id` and `place`, as `placed`. Stacks of a place must run the same packs. */
export function placesOf(governed: readonly Governed[]): RawBuilder<unknown> {
  const places = governed.flatMap(({ ids }, place) => ids.map(() => place));
  return sql`unnest(${governed.flatMap(({ ids }) => ids)}::uuid[], ${places}::int[]) as placed (stack_id, place)`;
}

/** In SQL: the `packs` of each `place`, as `required`. */
export function packsOf(governed: readonly Governed[]): RawBuilder<unknown> {
  const packs = governed.map(({ packs }, place) => ({ place, packs }));
  return sql`json_to_recordset(${JSON.stringify(packs)}::json) as required (place int, packs text[])`;
}

/** Rows of `stack_id` and `pack`: packs that stacks must run, and of which nothing was evaluated. */
export function unevaluated(governed: readonly Governed[]): RawBuilder<unknown> {
  return sql`
    select placed.stack_id, needed.pack from ${placesOf(governed)} join ${packsOf(governed)} using (place)
    cross join unnest(required.packs) as needed (pack)
    where not exists (
      select from pack_scores score
      where score.stack_id = placed.stack_id and score.pack = needed.pack and not score.withdrawn
    )`;
}
