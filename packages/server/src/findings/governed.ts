import { type RawBuilder, type SqlBool, sql } from "kysely";

/** What stacks must run. */
export interface Governed {
  /** Stacks that must run the same packs, by their ids. */
  places: readonly { ids: readonly string[]; packs: readonly string[] }[];
  /** The packs of all stacks that are in no place: most of an organization, so it costs too much to name them. */
  others: readonly string[];
}

export const ungoverned: Governed = { places: [], others: [] };

const OTHERS = -1;

/** In SQL: joins as `required` the `packs` that the stack must run. A stack that must run none has no row. */
export function joinRequired(stackId: string, { places, others }: Governed): RawBuilder<unknown> {
  const ids = places.flatMap((place) => place.ids);
  const placeOfEach = places.flatMap((place, index) => place.ids.map(() => index));
  const packs = [
    ...places.map((place, index) => ({ place: index, packs: place.packs })),
    { place: OTHERS, packs: others },
  ];
  const required = JSON.stringify(packs.filter((place) => place.packs.length > 0));
  return sql`
    left join unnest(${ids}::uuid[], ${placeOfEach}::int[]) as placed (stack_id, place) on placed.stack_id = ${sql.ref(stackId)}
    left join json_to_recordset(${required}::json) as required (place int, packs text[])
      on required.place = coalesce(placed.place, ${OTHERS})`;
}

/** Whether the stack must run no pack. The database looks up each id in a list, but compares it with each of a subquery. */
export function isUngoverned(stackId: string, { places, others }: Governed): RawBuilder<SqlBool> {
  const idsOf = (which: (place: (typeof places)[number]) => boolean) =>
    sql`${places.filter(which).flatMap(({ ids }) => ids)}::uuid[]`;
  const stack = sql.ref(stackId);
  if (others.length > 0) return sql`${stack} = any(${idsOf(({ packs }) => packs.length === 0)})`;
  return sql`${stack} not in (select unnest(${idsOf(({ packs }) => packs.length > 0)}))`;
}

/** Whether the stack must run a pack of which nothing was evaluated. Most run all, and to see that costs less. */
export const lacksAny = (required: string, scored: string): RawBuilder<boolean> => {
  const [needed, found] = [sql.ref(`${required}.packs`), sql.ref(`${scored}.packs`)];
  return sql`(${needed} <> ${found} and not ${needed} <@ ${found})`;
};
