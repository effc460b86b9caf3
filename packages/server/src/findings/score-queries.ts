import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { selectReadable } from "../stacks/index.ts";

/** Queries for the scores of the stacks that the caller may read. */

export interface OfCaller {
  actor: Actor;
  organizationId: string;
}

export const scoreGroupings = ["stack", "project", "pack", "policy", "severity", "framework"] as const;
export type ScoreGrouping = (typeof scoreGroupings)[number];

/** The scores of some stacks for a pack, as one. */
export type Score = Awaited<ReturnType<typeof listScores>>[number];

/** Policies are counted for each stack. Stacks in which the pack is broken are not counted in them. */
const wholePacks = {
  policies: sql`sum(score.policies) filter (where not score.broken)`,
  passing: sql`sum(score.passing) filter (where not score.broken)`,
  notExercised: sql`sum(score.not_exercised) filter (where not score.broken)`,
  governed: sql`sum(score.governed) filter (where not score.broken)`,
  clean: sql`sum(score.clean) filter (where not score.broken)`,
};
const singlePolicies = {
  policies: sql`count(*) filter (where not score.broken)`,
  passing: sql`count(*) filter (where not score.broken and policy.state <> 'fails')`,
  notExercised: sql`count(*) filter (where not score.broken and policy.state = 'not-exercised')`,
  governed: sql`sum(policy.governed) filter (where not score.broken)`,
  clean: sql`sum(policy.governed - policy.failing) filter (where not score.broken)`,
};

const names: Record<ScoreGrouping, RawBuilder<string>> = {
  stack: sql`stack.project || '/' || stack.name`,
  project: sql`stack.project`,
  pack: sql`''::text`,
  policy: sql`policy.policy`,
  severity: sql`policy.severity`,
  framework: sql`policy.framework`,
};

const count = (value: RawBuilder<unknown>) => sql<number>`coalesce(${value}, 0)::int`;

function selectScores(db: Db, { actor, organizationId }: OfCaller) {
  return selectReadable(db, actor)
    .where("org.id", "=", organizationId)
    .innerJoin("pack_scores as score", "score.stack_id", "stack.id")
    .where("score.withdrawn", "=", false);
}

function selectPolicyScores(db: Db, caller: OfCaller) {
  return selectScores(db, caller).innerJoin("policy_scores as policy", (join) =>
    join.onRef("policy.stack_id", "=", "score.stack_id").onRef("policy.pack", "=", "score.pack"),
  );
}

/**
 * The scores by name and pack. By project, for example, a score is that of all stacks of a project for one pack.
 *
 * @param page.after the name and the pack of the last one of the page before.
 */
export async function listScores(
  db: Db,
  page: OfCaller & { by: ScoreGrouping; after?: readonly string[] | undefined; limit?: number },
) {
  const { by, after, limit } = page;
  const ofPolicies = by === "policy" || by === "severity" || by === "framework";
  const counts = ofPolicies ? singlePolicies : wholePacks;
  const name = sql<string>`(${names[by]}) collate "C"`;
  const pack = sql<string>`score.pack collate "C"`;
  // The joined table is missing in the types of the other, and only the texts above name it.
  const selected = ofPolicies
    ? (selectPolicyScores(db, page) as unknown as ReturnType<typeof selectScores>)
    : selectScores(db, page);
  return selected
    .$if(by === "framework", (query) => query.where(sql<SqlBool>`policy.framework <> ''`))
    .$if(after !== undefined, (query) =>
      query.where(sql<SqlBool>`(${name}, ${pack}) > (${sql.join([...(after ?? [])])})`),
    )
    .groupBy([name, pack])
    .orderBy(name)
    .orderBy(pack)
    .$if(limit !== undefined, (query) => query.limit(limit ?? 0))
    .select([
      name.as("name"),
      pack.as("pack"),
      sql<string[]>`array_agg(distinct score.tag)`.as("tags"),
      sql<Date | null>`min(score.evaluated_at)`.as("evaluated"),
      sql<number>`count(distinct score.stack_id)::int`.as("stacks"),
      sql<number>`(count(distinct score.stack_id) filter (where score.stale))::int`.as("stale"),
      sql<number>`(count(distinct score.stack_id) filter (where score.broken))::int`.as("broken"),
      count(counts.policies).as("policies"),
      count(counts.passing).as("passing"),
      count(counts.notExercised).as("notExercised"),
      count(counts.governed).as("governed"),
      count(counts.clean).as("clean"),
    ])
    .execute();
}

/** The scores of these stacks, which the caller may read. */
export async function listScoresOf(db: Db, stackIds: readonly string[]) {
  if (stackIds.length === 0) return [];
  return db
    .selectFrom("pack_scores")
    .where("stack_id", "in", stackIds)
    .where("withdrawn", "=", false)
    .select(["stack_id as stackId", "pack", "policies", "passing", "broken"])
    .execute();
}

/** The names of the packs of which a readable stack has a score. */
export async function listScoredPacks(db: Db, caller: OfCaller): Promise<string[]> {
  const rows = await selectScores(db, caller).select("score.pack").distinct().execute();
  return rows.map(({ pack }) => pack);
}

/** How many policies and resources there are, and how many of them fail. */
export async function readTotals(db: Db, caller: OfCaller) {
  const policies = await selectPolicyScores(db, caller)
    .select([
      sql<number>`count(distinct (policy.pack, policy.policy))::int`.as("policies"),
      sql<number>`(count(distinct (policy.pack, policy.policy)) filter (where policy.state = 'fails'))::int`.as(
        "failing",
      ),
    ])
    .executeTakeFirstOrThrow();
  const resources = await selectReadable(db, caller.actor)
    .where("org.id", "=", caller.organizationId)
    .innerJoin("stack_scores as score", "score.stack_id", "stack.id")
    .select([count(sql`sum(score.governed)`).as("governed"), count(sql`sum(score.clean)`).as("clean")])
    .executeTakeFirstOrThrow();
  return { policies, resources };
}
