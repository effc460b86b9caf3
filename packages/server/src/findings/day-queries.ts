import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { selectReadable } from "../stacks/index.ts";
import type { OfCaller } from "./block-queries.ts";

/** Keeps the scores as they are now for this day (UTC), unless that was done. One statement, so that it is all or nothing. */
export async function keepDay(db: Db): Promise<void> {
  await sql`
    with today as (
      insert into scored_days (day) values ((now() at time zone 'UTC')::date) on conflict do nothing returning day
    ), resources as (
      insert into resource_days (day, organization_id, stack_id, governed, clean)
      select today.day, stack.organization_id, stack.id, score.governed, score.clean
      from today cross join stack_scores score join stacks stack on stack.id = score.stack_id
    )
    insert into score_days (day, organization_id, stack_id, pack, tag, passing, policies, governed, clean,
      excepted, excepted_resources)
    select today.day, stack.organization_id, stack.id, score.pack, score.tag, score.passing, score.policies, score.governed,
      score.clean, score.excepted, score.excepted_resources
    from today cross join pack_scores score join stacks stack on stack.id = score.stack_id
    where not score.withdrawn and not score.broken and score.evaluated_at is not null`.execute(db);
}

/** The resources of a day, each once, and how many of them fail no policy. */
export interface ResourceDay {
  day: string;
  governed: number;
  clean: number;
}

type Days = OfCaller & {
  from: string;
  until: string;
  /** Whether stacks count that are there no more. Nobody but an admin could read them. */
  removed: boolean;
};

/** The resources of each day, over the stacks that the caller may read. */
export async function listResourceDays(db: Db, days: Days): Promise<ResourceDay[]> {
  const { actor, organizationId, from, until, removed } = days;
  const readable = selectReadable(db, actor).where("org.id", "=", organizationId).select("stack.id");
  const { rows } = await sql<ResourceDay>`
    select to_char(day, 'YYYY-MM-DD') as day, sum(governed)::int as governed, sum(clean)::int as clean
    from resource_days
    where organization_id = ${organizationId} and day between ${from} and ${until}
      and ${removed ? sql`true` : sql`stack_id in (${readable})`}
    group by resource_days.day order by resource_days.day`.execute(db);
  return rows;
}

export type ScoredDay = Awaited<ReturnType<typeof listDays>>[number];

/** The scores of each day and pack, over the stacks that the caller may read. */
export async function listDays(db: Db, { actor, organizationId, from, until, removed }: Days) {
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
