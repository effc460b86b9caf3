import { type RawBuilder, type SqlBool, sql } from "kysely";

/**
 * In SQL: the group because of which the stack must run the pack, of a row that has both. Of several groups, the one whose entry counts.
 * Null when there is none.
 */
export function groupNameOf(row: string): RawBuilder<string | null> {
  return sql`(
    select policy_groups.name from pack_scores score join policy_groups on policy_groups.id = score.group_id
    where score.stack_id = ${sql.ref(`${row}.stack_id`)} and score.pack = ${sql.ref(`${row}.pack`)} and not score.withdrawn)`;
}

/** In SQL: whether that group is one of these. An empty name stands for none. */
export function isOfGroup(row: string, names: readonly string[]): RawBuilder<SqlBool> {
  // Which groups have such a name is asked once. Then a row has one score at most as far as the database can tell, and it need not look for others.
  const isIn = (
    groups: RawBuilder<unknown>,
  ) => sql<SqlBool>`(${sql.ref(`${row}.stack_id`)}, ${sql.ref(`${row}.pack`)}) in (
    select score.stack_id, score.pack from pack_scores score where ${groups} and not score.withdrawn)`;
  const isOfAny = isIn(
    sql`score.group_id = any(array(select id from policy_groups where name = any(${[...names]}::text[])))`,
  );
  return names.includes("") ? sql`(${isOfAny} or not ${isIn(sql`score.group_id is not null`)})` : isOfAny;
}

/** In SQL: joins what says which group that is, as `score`, to many rows that have both. */
export function joinScoresOf(rows: string): RawBuilder<unknown> {
  return sql`
    left join pack_scores score on score.stack_id = ${sql.ref(`${rows}.stack_id`)} and score.pack = ${sql.ref(`${rows}.pack`)}
      and not score.withdrawn`;
}
