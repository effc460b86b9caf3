import { type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { selectReadable } from "../stacks/index.ts";
import { type OfCaller, readableBlocks, selectSums } from "./block-queries.ts";
import { type Count, eachPack, namedTotals, selectCounted, totals } from "./sum-queries.ts";

/** Queries for the scores of the stacks that the caller may read. */

export const scoreGroupings = ["stack", "project", "pack", "policy", "severity", "framework"] as const;
export type ScoreGrouping = (typeof scoreGroupings)[number];

/** The scores of some stacks for a pack, as one. Stacks in which the pack is broken are in `stacks`, `stale` and `broken` only. */
export interface Score extends Record<Count, number> {
  name: string;
  pack: string;
  tags: string[];
  evaluated: Date | null;
}

type Page = OfCaller & {
  /** The name and the pack of the last one of the page before. */
  after?: readonly string[] | undefined;
  limit?: number | undefined;
};

/** The scores by name and pack. By project, for example, a score is that of all stacks of a project for one pack. */
export async function listScores(db: Db, { by, ...page }: Page & { by: ScoreGrouping }): Promise<Score[]> {
  const { after, limit } = page;
  const sums =
    by === "stack" || by === "project"
      ? sql`sums as (${selectCounted(by === "stack" ? selectOfStacks(db, page) : selectOfProjects(db, page), "pack")})`
      : sql`${readableBlocks(db, page)}, sums as (${selectSums(by)})`;
  const { rows } = await sql<Score>`
    with ${sums}, of_tags as (
      select name collate "C" as name, pack collate "C" as pack, tag, min(evaluated) as evaluated, ${totals}
      from sums group by 1, 2, tag
    )
    select name, pack, array_agg(tag order by tag) as tags, min(evaluated) as evaluated, ${namedTotals}
    from of_tags ${after ? sql`where (name, pack) > (${sql.join([...after])})` : sql``}
    group by name, pack order by name, pack ${limit === undefined ? sql`` : sql`limit ${limit}`}`.execute(db);
  return rows;
}

const ofOrganization = (db: Db, { actor, organizationId }: OfCaller) =>
  selectReadable(db, actor).where("org.id", "=", organizationId);

/** The packs of the stacks of a page and a few more: each stack has one at least. */
function selectOfStacks(db: Db, page: Page) {
  const { after, limit } = page;
  const name = sql<string>`(stack.project || '/' || stack.name) collate "C"`;
  const stacks = ofOrganization(db, page)
    .where(sql<SqlBool>`exists (${eachPack(sql`''`)})`)
    .$if(after !== undefined, (query) => query.where(sql<SqlBool>`${name} >= ${after?.[0]}`))
    .select(["stack.id", name.as("name")])
    .orderBy(name)
    // The last page may have ended within a stack.
    .$if(limit !== undefined, (query) => query.limit((limit ?? 0) + 1));
  return sql`select score.* from (${stacks}) as stack cross join lateral (${eachPack(sql`stack.name`)}) as score`;
}

function selectOfProjects(db: Db, page: Page) {
  const stacks = ofOrganization(db, page).select(["stack.id", "stack.project"]);
  return sql`select score.* from (${stacks}) as stack cross join lateral (${eachPack(sql`stack.project`)}) as score`;
}

/** The scores of these stacks, which the caller may read. */
export async function listScoresOf(db: Db, stackIds: readonly string[]) {
  if (stackIds.length === 0) return [];
  return db
    .selectFrom("pack_scores")
    .where("stack_id", "in", stackIds)
    .where("withdrawn", "=", false)
    .select(["stack_id as stackId", "pack", "policies", "passing", "excepted", "broken"])
    .execute();
}

/** The names of the packs of which a readable stack has a score. */
export async function listScoredPacks(db: Db, caller: OfCaller): Promise<string[]> {
  const { rows } = await sql<{ pack: string }>`
    with ${readableBlocks(db, caller)} select distinct pack from (${selectSums("pack")}) as sums`.execute(db);
  return rows.map(({ pack }) => pack);
}

interface Totals {
  policies: number;
  failingPolicies: number;
  governed: number;
  clean: number;
}

/** How many policies and resources there are, and how many of them fail. */
export async function readTotals(db: Db, caller: OfCaller): Promise<Totals> {
  const { rows } = await sql<Totals>`
    with ${readableBlocks(db, caller)},
    policies as (select bool_or(fails) as fails from (${selectSums("policy")}) as sums group by pack, name),
    resources as (
      select governed, clean from whole
      union all
      select governed, clean from others join stack_scores on stack_id = others.id
    )
    select count(*)::int as policies, (count(*) filter (where fails))::int as "failingPolicies",
      (select coalesce(sum(governed), 0)::int from resources) as governed,
      (select coalesce(sum(clean), 0)::int from resources) as clean
    from policies`.execute(db);
  return rows[0] ?? { policies: 0, failingPolicies: 0, governed: 0, clean: 0 };
}
