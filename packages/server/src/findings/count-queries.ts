import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { PolicyCount, ScoredPolicy, ScoredState } from "./score.ts";

/** Queries for the scores of one stack, which are counted from its evaluations. */

/** Which pack a stack had to run. */
export interface ScoredPack {
  pack: string;
  version: number;
  tag: string;
  /** JSON in its canonical form. */
  config: string | null;
  environments: string[];
}

/** Records that the pack was evaluated, or that it could not be loaded: what was evaluated before stays then. */
export async function setScored(
  db: Db,
  stackId: string,
  pack: ScoredPack,
  evaluatedAt: Date | "broken",
): Promise<void> {
  const values = { ...pack, stack_id: stackId };
  const set =
    evaluatedAt === "broken"
      ? { broken: true, withdrawn: false }
      : { ...pack, evaluated_at: evaluatedAt, broken: false, stale: false, withdrawn: false };
  await db
    .insertInto("pack_scores")
    .values({ ...values, ...(evaluatedAt === "broken" ? { broken: true } : { evaluated_at: evaluatedAt }) })
    .onConflict((conflict) => conflict.columns(["stack_id", "pack"]).doUpdateSet(set))
    .execute();
}

/** What was last evaluated of these packs. */
export async function listScored(db: Db, stackId: string, packs: readonly string[]): Promise<ScoredPack[]> {
  if (packs.length === 0) return [];
  return db
    .selectFrom("pack_scores")
    .where("stack_id", "=", stackId)
    .where("pack", "in", packs)
    .where("evaluated_at", "is not", null)
    .select(["pack", "version", "tag", "config", "environments"])
    .execute();
}

const ofPack = (stackId: string, pack: string) => sql`evaluations where stack_id = ${stackId} and pack = ${pack}`;

export async function countPolicies(db: Db, stackId: string, pack: string): Promise<PolicyCount[]> {
  const { rows } = await sql<PolicyCount>`
    with judged as (
      select unnest(passed) as policy, governed, urn = '' as of_stack, false as fails, false as violated
      from ${ofPack(stackId, pack)}
      union all
      select policy, governed, false, true, policy <> all(excepted)
      from (select * from ${ofPack(stackId, pack)}) as evaluated cross join unnest(failed) as policy
    )
    select policy, (count(*) filter (where governed))::int as governed,
      (count(*) filter (where governed and fails))::int as failing,
      (count(*) filter (where governed and fails and not violated))::int as excepted,
      bool_or(fails) as fails, bool_or(violated) as violated,
      bool_or(of_stack) as "askedOfStack"
    from judged group by policy`.execute(db);
  return rows;
}

interface ResourceCounts {
  governed: number;
  clean: number;
  exceptedResources: number;
}

/** Whether an evaluation has a failure of these policies that is not excepted. Few have failures, so most are not unnested. */
const violates = (enabled: RawBuilder<unknown>) => sql`(failed && ${enabled} and (excepted = '{}'
  or exists (select from unnest(failed) as policy where policy = any(${enabled}) and policy <> all(excepted))))`;

/** How many resources these policies passed or failed, how many of them failed none, and how many failed only what is excepted. */
export async function countResources(
  db: Db,
  { stackId, pack, policies }: { stackId: string; pack: string; policies: readonly string[] },
): Promise<ResourceCounts> {
  const enabled = sql`${[...policies]}::text[]`;
  const { rows } = await sql<ResourceCounts>`
    select count(*)::int as governed, (count(*) filter (where not fails))::int as clean,
      (count(*) filter (where fails and not violated))::int as "exceptedResources"
    from (
      select bool_or(failed && ${enabled}) as fails, bool_or(${violates(enabled)}) as violated from ${ofPack(stackId, pack)}
        and governed and (passed && ${enabled} or failed && ${enabled})
      group by urn_digest
    ) as resources`.execute(db);
  return rows[0] ?? { governed: 0, clean: 0, exceptedResources: 0 };
}

export type PolicyScore = ScoredPolicy &
  Pick<PolicyCount, "governed" | "failing" | "excepted"> & { state: ScoredState };

/** Replaces the score of a pack that was evaluated. Policies whose score is the same are not written. */
export async function setScore(
  db: Db,
  of: { stackId: string; pack: string },
  { policies, resources }: { policies: readonly PolicyScore[]; resources: ResourceCounts },
): Promise<void> {
  const { stackId, pack } = of;
  const counted = (state: ScoredState) => policies.filter((policy) => policy.state === state).length;
  await db
    .updateTable("pack_scores")
    .set({
      policies: policies.length,
      passing: policies.length - counted("fails") - counted("excepted"),
      not_exercised: counted("not-exercised"),
      excepted: counted("excepted"),
      governed: resources.governed,
      clean: resources.clean,
      excepted_resources: resources.exceptedResources,
    })
    .where("stack_id", "=", stackId)
    .where("pack", "=", pack)
    .execute();
  await db
    .deleteFrom("policy_scores")
    .where("stack_id", "=", stackId)
    .where("pack", "=", pack)
    .where(sql<SqlBool>`policy <> all(${policies.map(({ name }) => name)}::text[])`)
    .execute();
  await sql`
    insert into policy_scores (stack_id, pack, policy, severity, framework, state, governed, failing, excepted)
    select ${stackId}::uuid, ${pack}, name, severity, framework, state, governed, failing, excepted
    from json_to_recordset(${JSON.stringify(policies)}::json)
      as score (name text, severity text, framework text, state text, governed integer, failing integer,
        excepted integer)
    on conflict (stack_id, pack, policy) do update set severity = excluded.severity, framework = excluded.framework,
      state = excluded.state, governed = excluded.governed, failing = excluded.failing,
      excepted = excluded.excepted
    where (policy_scores.severity, policy_scores.framework, policy_scores.state, policy_scores.governed,
      policy_scores.failing, policy_scores.excepted) is distinct from (excluded.severity, excluded.framework, excluded.state,
      excluded.governed, excluded.failing, excluded.excepted)`.execute(db);
}

/** Counts the governed resources of the stack over all packs. */
export async function countStack(db: Db, stackId: string): Promise<void> {
  await sql`
    with enabled as (
      select pack, array_agg(policy) as policies from policy_scores policy join pack_scores score using (stack_id, pack)
      where stack_id = ${stackId} and not score.withdrawn group by pack
    ), resources as (
      select bool_or(failed && policies) as fails from evaluations join enabled using (pack)
      where stack_id = ${stackId} and governed and (passed && policies or failed && policies) group by urn_digest
    )
    insert into stack_scores (stack_id, governed, clean)
    select ${stackId}::uuid, count(*), count(*) filter (where not fails) from resources
    on conflict (stack_id) do update
      set governed = excluded.governed, clean = excluded.clean, outdated = false`.execute(db);
}

/** Stacks whose governed resources must be counted again, at most so many. */
export async function listOutdated(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("stack_scores")
    .where(sql<SqlBool>`outdated`)
    .select("stack_id")
    .limit(limit)
    .execute();
  return rows.map(({ stack_id }) => stack_id);
}
