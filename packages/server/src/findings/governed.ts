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

/** Whether the stack must run a pack of which nothing was evaluated. Most run all, and to see that costs less. */
export const lacksAny = (required: string, scored: string): RawBuilder<boolean> => {
  const [needed, found] = [sql.ref(`${required}.packs`), sql.ref(`${scored}.packs`)];
  return sql`(${needed} <> ${found} and not ${needed} <@ ${found})`;
};
