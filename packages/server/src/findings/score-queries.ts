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
export interface Score extends Record<Counts, number> {
  name: string;
  pack: string;
  tags: string[];
  evaluated: Date | null;
  stacks: number;
  stale: number;
  broken: number;
}

/** What is counted of a pack of a stack. */
const wholePack = {
  policies: sql`score.policies`,
  passing: sql`score.passing`,
  notExercised: sql`score.not_exercised`,
  excepted: sql`score.excepted`,
  governed: sql`score.governed`,
  clean: sql`score.clean`,
  exceptedResources: sql`score.excepted_resources`,
};
type Counts = keyof typeof wholePack;
/** What is counted of one policy of it. */
const singlePolicy: Record<Counts, RawBuilder<unknown>> = {
  policies: sql`1`,
  passing: sql`(policy.state not in ('fails', 'excepted'))::int`,
  notExercised: sql`(policy.state = 'not-exercised')::int`,
  excepted: sql`(policy.state = 'excepted')::int`,
  governed: sql`policy.governed`,
  clean: sql`(policy.governed - policy.failing)`,
  exceptedResources: sql`policy.excepted`,
};
const counts = Object.keys(wholePack) as Counts[];
const sums = sql.join(counts.map((column) => sql`sum(${sql.ref(column)}) as ${sql.ref(column)}`));
/** Stacks in which the pack is broken are not counted. */
const total = (column: Counts) =>
  sql`coalesce(sum(${sql.ref(column)}) filter (where not broken), 0) as ${sql.ref(column)}`;

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
 * A stack has several policies of one severity, and counts once. So it is made one row first, which is many times faster than
 * to count what is distinct. The same is true of the versions.
 *
 * @param page.after the name and the pack of the last one of the page before.
 */
export async function listScores(
  db: Db,
  page: OfCaller & { by: ScoreGrouping; after?: readonly string[] | undefined; limit?: number },
): Promise<Score[]> {
  const { by, limit } = page;
  const each = sql`${selectEach(db, page).as("each")}`;
  const ofStacks = sql`(
    select name, pack, tag, evaluated, stale, broken, ${sums} from ${each}
    group by name, pack, tag, stack_id, evaluated, stale, broken) as of_stacks`;
  const { rows } = await sql<Score>`
    with of_tags as (
      select name, pack, tag, min(evaluated) as evaluated, count(*) as stacks, count(*) filter (where stale) as stale,
        count(*) filter (where broken) as broken, ${sql.join(counts.map(total))}
      from ${by === "severity" || by === "framework" ? ofStacks : each} group by name, pack, tag
    )
    select name, pack, array_agg(tag order by tag) as tags, min(evaluated) as evaluated, ${sql.join(
      ["stacks", "stale", "broken", ...counts].map((column) => sql`sum(${sql.ref(column)})::int as ${sql.ref(column)}`),
    )}
    from of_tags group by name, pack order by name, pack ${limit === undefined ? sql`` : sql`limit ${limit}`}`.execute(
    db,
  );
  return rows;
}

/** A row for each pack of a stack, or for each policy of it. */
function selectEach(db: Db, page: OfCaller & { by: ScoreGrouping; after?: readonly string[] | undefined }) {
  const { by, after } = page;
  const ofPolicies = by === "policy" || by === "severity" || by === "framework";
  const name = sql`(${names[by]}) collate "C"`;
  const pack = sql`score.pack collate "C"`;
  // The joined table is missing in the types of the other, and only the texts above name it.
  const scores = ofPolicies
    ? (selectPolicyScores(db, page) as unknown as ReturnType<typeof selectScores>)
    : selectScores(db, page);
  return scores
    .$if(by === "framework", (query) => query.where(sql<SqlBool>`policy.framework <> ''`))
    .$if(after !== undefined, (query) =>
      query.where(sql<SqlBool>`(${name}, ${pack}) > (${sql.join([...(after ?? [])])})`),
    )
    .select([
      name.as("name"),
      pack.as("pack"),
      "score.tag",
      "score.stack_id",
      "score.evaluated_at as evaluated",
      "score.stale",
      "score.broken",
      ...counts.map((column) => (ofPolicies ? singlePolicy : wholePack)[column].as(column)),
    ]);
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
  const named = selectPolicyScores(db, caller)
    .groupBy(["policy.pack", "policy.policy"])
    .select(sql<boolean>`bool_or(policy.state in ('fails', 'excepted'))`.as("fails"));
  const policies = await db
    .selectFrom(named.as("named"))
    .select([
      sql<number>`count(*)::int`.as("policies"),
      sql<number>`(count(*) filter (where fails))::int`.as("failing"),
    ])
    .executeTakeFirstOrThrow();
  const resources = await selectReadable(db, caller.actor)
    .where("org.id", "=", caller.organizationId)
    .innerJoin("stack_scores as score", "score.stack_id", "stack.id")
    .select([count(sql`sum(score.governed)`).as("governed"), count(sql`sum(score.clean)`).as("clean")])
    .executeTakeFirstOrThrow();
  return { policies, resources };
}
