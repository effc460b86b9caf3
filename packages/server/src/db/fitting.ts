import { type RawBuilder, sql } from "kysely";

/**
 * For a page of rows that may be large: the beginning of a statement, with the table `fitting`, which has the `id` and the `place` of as
 * many of some rows as have at most so many bytes together, and of at least one; and in `found` how many rows there were.
 *
 * @param rows selects `id`, `bytes` and what `order` names, in that order and within the limit of the page.
 * @param most in bytes.
 */
export function fitting({
  rows,
  order,
  most,
}: {
  rows: RawBuilder<unknown>;
  order: RawBuilder<unknown>;
  most: number;
}) {
  return sql`
    found as materialized (${rows}),
    measured as (
      select id, count(*) over ()::int as found, row_number() over listed as place, sum(bytes) over listed as so_far
      from found window listed as (order by ${order})
    ),
    fitting as (select id, place, found from measured where place = 1 or so_far <= ${most})`;
}
