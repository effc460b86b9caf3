import { type Expression, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { selectReadable } from "../stacks/index.ts";
import { type OfCaller, readableBlocks, selectSums } from "./block-queries.ts";
import { type Governed, joinRequired, lacksAny } from "./governed.ts";
import { isOverdue, type OverdueTimes } from "./overdue.ts";
import { blockedOf, blockedStacks } from "./prediction-queries.ts";
import { isRecent } from "./recent.ts";
import { severityRank } from "./severity.ts";
import { eachPack } from "./sum-queries.ts";

/** Queries for what is seen of an organization at first glance, of the stacks that the caller may read. */

const RUNS = 10;
const POLICIES = 3;
const PROJECTS = 25;
const PACKS = 20;
/** Among so many stacks, a page is looked for before all are looked at. */
const FIRST = 1_000;

const readable = (db: Db, { actor, organizationId }: OfCaller) =>
  selectReadable(db, actor).where("org.id", "=", organizationId).select(["stack.id", "stack.project", "stack.name"]);

/** A preview or update that mandatory policies stopped. */
export interface BlockedRun {
  project: string;
  stack: string;
  update: string;
  dryRun: boolean;
  version: number;
  source: string;
  requestedBy: string;
  lastSeen: string;
  violations: number;
  policies: { policyPack: string; policyName: string }[];
}

export interface Blocked {
  violations: number;
  stacks: number;
  runs: BlockedRun[];
}

/** @param ended of the exceptions that have ended since the previews. */
export async function readBlocked(db: Db, caller: OfCaller, ended: readonly string[]): Promise<Blocked> {
  const stacks = readable(db, caller).where(sql<SqlBool>`stack.id in ${blockedStacks(ended)}`);
  const { rows } = await sql<Blocked>`
    with blocked as materialized (
      select stack.id as stack_id, stack.project, stack.name, counted.*
      from (${stacks}) as stack cross join lateral (${blockedOf(sql`stack.id`, ended)}) as counted
    ), newest as materialized (
      select stack_id, project, name, source, update_id, max(last_seen) as last_seen, sum(violations)::int as violations
      from blocked group by 1, 2, 3, 4, 5 order by last_seen desc, update_id, source limit ${RUNS}
    )
    select (select coalesce(sum(violations), 0)::int from blocked) as violations,
      (select count(distinct stack_id)::int from blocked) as stacks,
      coalesce((
        select json_agg(json_build_object('project', project, 'stack', newest.name, 'update', update_id, 'source', source,
          'lastSeen', last_seen, 'violations', violations, 'dryRun', coalesce(run.dry_run, true),
          'version', coalesce(run.version, 0), 'requestedBy', coalesce(person.login, ''), 'policies', (
            select json_agg(json_build_object('policyPack', pack, 'policyName', policy) order by rank desc, pack, policy)
            from (
              select pack, policy, max(${severityRank(sql`severity`)}) as rank
              from blocked where (stack_id, update_id, source) = (newest.stack_id, newest.update_id, newest.source)
              group by pack, policy order by rank desc, pack, policy limit ${POLICIES}
            ) as worst
          )) order by last_seen desc, update_id, source)
        from newest left join updates run on run.id = update_id left join users person on person.id = run.requested_by
      ), '[]') as runs`.execute(db);
  return rows[0] ?? { violations: 0, stacks: 0, runs: [] };
}

/** How many findings are open, and of those how many are recent or overdue. */
interface OpenCounts {
  new: number;
  reopened: number;
  overdue: number;
}

export interface OpenFindings extends OpenCounts {
  bySeverity: (OpenCounts & { severity: string; count: number })[];
}

interface OpenWanted {
  organizationId: string;
  /** The only ones that the caller may read. Undefined for all. */
  stackIds: readonly string[] | undefined;
  /** As `readTimes` says. */
  since: string;
  overdue: OverdueTimes;
}

export async function readOpenFindings(db: Db, wanted: OpenWanted): Promise<OpenFindings> {
  const { organizationId, stackIds, since, overdue } = wanted;
  const count = (which: RawBuilder<unknown>) => sql`coalesce(sum(count) filter (where ${which}), 0)::int`;
  const { rows } = await sql<OpenFindings["bySeverity"][number]>`
    select severity, sum(count)::int as count, ${count(isRecent({ kind: "new", since }, "counted"))} as new,
      ${count(isRecent({ kind: "reopened", since }, "counted"))} as reopened, ${count(isOverdue(overdue, "counted"))} as overdue
    from finding_times counted
    where organization_id = ${organizationId} and not closed and is_open
      and ${stackIds ? sql`stack_id = any(${[...stackIds]}::uuid[])` : sql`true`}
      and stack_id not in (select id from removed_stacks where unfinished)
    group by severity order by max(severity_rank) desc, severity`.execute(db);
  const sum = (count: keyof OpenCounts) => rows.reduce((total, row) => total + row[count], 0);
  return { bySeverity: rows, new: sum("new"), reopened: sum("reopened"), overdue: sum("overdue") };
}

export const stackStates = ["governed", "ungoverned", "stale", "never-reported"] as const;
export type StackState = (typeof stackStates)[number];

/**
 * Each of these stacks with what its evaluations say. One that has never reported is not stale, whatever it must run, because nothing
 * was evaluated.
 */
const statesOf = (stacks: Expression<unknown>, governed: Governed) => sql`
  select stack.*, evaluated, reported, required.packs is not null as governed, required.packs as required,
    scored.packs as scored, coalesce(reported and (stale or ${lacksAny("required", "scored")}), false) as stale
  from (${stacks}) as stack
  ${joinRequired("stack.id", governed)}
  left join scored_stacks scored on scored.stack_id = stack.id`;

const isIn: Record<StackState, RawBuilder<boolean>> = {
  governed: sql`governed`,
  ungoverned: sql`not governed`,
  stale: sql`stale`,
  "never-reported": sql`(governed and reported is not true)`,
};

export interface StackCounts {
  known: number;
  governed: number;
  stale: number;
  neverReported: number;
}

export async function countStacks(db: Db, caller: OfCaller, governed: Governed): Promise<StackCounts> {
  const count = (state: StackState) => sql`(count(*) filter (where ${isIn[state]}))::int`;
  const { rows } = await sql<StackCounts>`
    select count(*)::int as known, ${count("governed")} as governed, ${count("stale")} as stale,
      ${count("never-reported")} as "neverReported" from (${statesOf(readable(db, caller), governed)}) as stack`.execute(
    db,
  );
  return rows[0] ?? { known: 0, governed: 0, stale: 0, neverReported: 0 };
}

export interface StackInState {
  project: string;
  stack: string;
  evaluated: Date | null;
  stale: string[];
}

interface StatePage extends OfCaller {
  state: StackState;
  governed: Governed;
  /** The project and name of the last one of the page before. */
  after: readonly string[] | undefined;
  limit: number;
  /** The page is looked for among so many stacks at first. */
  first?: number;
}

export async function listStacksIn(db: Db, page: StatePage): Promise<StackInState[]> {
  const { after, limit, first = FIRST } = page;
  const all = readable(db, page).$if(after !== undefined, (query) =>
    query.where(sql<SqlBool>`(stack.project, stack.name) > (${sql.join([...(after ?? [])])})`),
  );
  const next = await all.orderBy("stack.project").orderBy("stack.name").limit(first).execute();
  const ids = next.map(({ id }) => id);
  const found = await listAmong(db, page, sql`select id, project, name from stacks where id = any(${ids}::uuid[])`);
  return found.length === limit || next.length < first ? found : listAmong(db, page, all);
}

/** Without `offset 0`, the database would look up each stack by itself, because it expects that the first of them fill the page. */
async function listAmong(
  db: Db,
  { state, governed, limit }: StatePage,
  stacks: Expression<unknown>,
): Promise<StackInState[]> {
  const { rows } = await sql<StackInState>`
    select project, name as stack, evaluated, case when stale then array(
        select pack from pack_scores score where stack_id = found.id and score.stale and not withdrawn order by pack
      ) || array(select pack from unnest(required) as pack where pack <> all(scored) order by pack) else '{}' end as stale
    from (
      select * from (select * from (${statesOf(stacks, governed)}) as stack where ${isIn[state]} offset 0) as stack
      order by project, name limit ${limit}
    ) as found order by project, name`.execute(db);
  return rows;
}

export interface ScoreTotals {
  passing: number;
  policies: number;
  excepted: number;
  clean: number;
  governed: number;
}

/** The scores of all packs as one. A resource that several packs govern counts once. */
export async function readScoreSums(db: Db, caller: OfCaller): Promise<ScoreTotals> {
  const { rows } = await sql<ScoreTotals>`
    with ${readableBlocks(db, caller)},
    packs as (
      select coalesce(sum(passing), 0)::int as passing, coalesce(sum(policies), 0)::int as policies,
        coalesce(sum(excepted), 0)::int as excepted from (${selectSums("pack")}) as sums
    ), resources as (
      select governed, clean from whole
      union all
      select governed, clean from others join stack_scores on stack_id = others.id
    )
    select packs.*, (select coalesce(sum(governed), 0)::int from resources) as governed,
      (select coalesce(sum(clean), 0)::int from resources) as clean from packs`.execute(db);
  return rows[0] ?? { passing: 0, policies: 0, excepted: 0, clean: 0, governed: 0 };
}

export interface ProjectPack {
  project: string;
  pack: string;
  passing: number;
  policies: number;
  excepted: number;
  stacks: number;
  broken: number;
}

/** The packs of the projects of which the smallest part passes, those where nothing could be evaluated first. */
export async function listWorstProjects(db: Db, caller: OfCaller): Promise<ProjectPack[]> {
  const sum = (column: string) => sql`coalesce(sum(${sql.ref(column)}) filter (where not broken), 0)::int`;
  const { rows } = await sql<ProjectPack>`
    with scores as materialized (
      select score.name as project, pack, ${sum("passing")} as passing, ${sum("policies")} as policies, ${sum("excepted")} as excepted,
        count(*)::int as stacks, (count(*) filter (where broken))::int as broken
      from (${readable(db, caller)}) as stack cross join lateral (${eachPack(sql`stack.project`)}) as score
      group by 1, 2
    ), worst as (
      select project, sum(passing)::float8 / nullif(sum(policies), 0) as part from scores
      group by project having sum(policies) > 0 or sum(broken) > 0 order by part nulls first, project limit ${PROJECTS}
    )
    select scores.* from worst join scores using (project) order by part nulls first, project, pack`.execute(db);
  return rows;
}

/** The packs that make the runs of most stacks fail, as of the last run of each that tells. */
export async function listFailingPacks(db: Db, caller: OfCaller): Promise<{ pack: string; stacks: number }[]> {
  const { rows } = await sql<{ pack: string; stacks: number }>`
    select pack, count(distinct stack_id)::int as stacks from pack_health
    where organization_id = ${caller.organizationId} and failing
      and stack_id in (select id from (${readable(db, caller)}) as stack)
    group by pack order by stacks desc, pack limit ${PACKS}`.execute(db);
  return rows;
}
