/** Where reading in the order of ids begins: no row has this id. */
export const BEFORE_ALL_IDS = "00000000-0000-0000-0000-000000000000";

/** Of rows that have some kilobytes each at most. */
const PAGE = 500;

/**
 * All rows of a list, some at a time, because all of them may be larger than memory.
 *
 * @param list reads rows in the order of a key that no two of them share: at most `limit` of those that come after `last`.
 */
export async function* eachRow<Row>(
  list: (page: { last: Row | undefined; limit: number }) => Promise<Row[]>,
): AsyncGenerator<Row> {
  let last: Row | undefined;
  for (;;) {
    const rows = await list({ last, limit: PAGE });
    yield* rows;
    if (rows.length < PAGE) return;
    last = rows.at(-1);
  }
}
