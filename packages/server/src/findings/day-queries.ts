import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { selectReadable } from "../stacks/index.ts";
import type { OfCaller } from "./block-queries.ts";

/** Keeps the scores as they are now for this day (UTC), unless that was done. One statement, so that it is all or nothing. */
export async function keepDay(db: Db): Promise<void> {
  await sql`
    with today as (
      insert into scored_days (day) values ((now() at time zone 'UTC')::date) on conflict do nothing returning day
    )
    insert into score_days (day, organization_id, stack_id, pack, tag, passing, policies, governed, clean,
      excepted, excepted_resources)
    select today.day, stack.organization_id, stack.id, score.pack, score.tag, score.passing, score.policies, score.governed,
      score.clean, score.excepted, score.excepted_resources
    from today cross join pack_scores score join stacks stack on stack.id = score.stack_id
    where not score.withdrawn and not score.broken and score.evaluated_at is not null`.execute(db);
}

export type ScoredDay = Awaited<ReturnType<typeof listDays>>[number];

/**
 * The scores of each day and pack, over the stacks that the caller may read.
 *
 * @param wanted.removed whether stacks count that are there no more. Nobody but an admin could read them.
 */
export async function listDays(
  db: Db,
  { actor, organizationId, from, until, removed }: OfCaller & { from: string; until: string; removed: boolean },
) {
  const day = sql<string>`to_char(scored.day, 'YYYY-MM-DD')`;
  const sum = (column: string) => sql<number>`sum(${sql.ref(column)})::int`;
  return db
    .selectFrom("score_days as scored")
    .where("scored.organization_id", "=", organizationId)
    .where("scored.day", ">=", from)
    .where("scored.day", "<=", until)
    .$if(!removed, (query) =>
      query.where(
        "scored.stack_id",
        "in",
        selectReadable(db, actor).where("org.id", "=", organizationId).select("stack.id"),
      ),
    )
    .groupBy(["scored.day", "scored.pack"])
    .orderBy("scored.day")
    .orderBy("scored.pack")
    .select([
      day.as("day"),
      "scored.pack",
      sql<string[]>`array_agg(distinct scored.tag)`.as("tags"),
      sql<number>`count(*)::int`.as("stacks"),
      sum("scored.passing").as("passing"),
      sum("scored.policies").as("policies"),
      sum("scored.governed").as("governed"),
      sum("scored.clean").as("clean"),
      sum("scored.excepted").as("excepted"),
      sum("scored.excepted_resources").as("exceptedResources"),
    ])
    .execute();
}
