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

/** Rows of `stack_id` and `pack`: packs that stacks must run, and of which nothing was evaluated. */
export function unevaluated(governed: readonly Governed[]): RawBuilder<unknown> {
  const places = governed.flatMap(({ ids }, place) => ids.map(() => place));
  const packs = governed.flatMap(({ packs }, place) => packs.map((pack) => ({ place, pack })));
  return sql`
    select governed.stack_id, required.pack
    from unnest(${governed.flatMap(({ ids }) => ids)}::uuid[], ${places}::int[]) as governed (stack_id, place)
    join json_to_recordset(${JSON.stringify(packs)}::json) as required (place int, pack text) using (place)
    where not exists (
      select from pack_scores score
      where score.stack_id = governed.stack_id and score.pack = required.pack and not score.withdrawn
    )`;
}
