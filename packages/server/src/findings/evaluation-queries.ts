import { type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Unsettled } from "../updates/index.ts";
import type { UpdatePart } from "./part-queries.ts";
import { digestOf, resultsOf } from "./settle-queries.ts";

/** Queries for what the policies of a pack said last of each deployed resource of a stack. */

/** Whether scores count a resource: not the root stack, and no provider. */
const isGoverned = (urn: string) => {
  const type = sql`regexp_replace(split_part(${sql.ref(urn)}, '::', 3), '^.*[$]', '')`;
  return sql`(${sql.ref(urn)} <> '' and ${type} <> 'pulumi:pulumi:Stack' and not starts_with(${type}, 'pulumi:providers:'))`;
};

/** Forgets resources that are gone. @returns the packs that had evaluated them. */
export async function forgetDeleted(db: Db, update: Unsettled): Promise<string[]> {
  const { rows } = await sql<{ pack: string }>`
    with gone as (
      select urn from resource_steps where update_id = ${update.id} group by urn
      having bool_or(kind = 'deleted') and not bool_or(kind = 'deployed')
    ), forgotten as (
      delete from evaluations using gone
      where evaluations.stack_id = ${update.stackId} and evaluations.urn_digest = ${digestOf("gone.urn")}
      returning pack
    )
    select distinct pack from forgotten`.execute(db);
  return rows.map(({ pack }) => pack);
}

/** The required packs of which the update's events have an analysis, with their versions as they name them. */
export async function listAnalyzed(db: Db, update: UpdatePart): Promise<Map<string, string>> {
  const { rows } = await sql<{ pack: string; tag: string }>`
    with ${resultsOf(update)} select pack, max(tag) as tag from analyses group by pack`.execute(db);
  return new Map(rows.map(({ pack, tag }) => [pack, tag]));
}

/** Whether the update has deployed a resource. */
export async function hasDeployed(db: Db, { id }: UpdatePart): Promise<boolean> {
  const { rows } = await sql`
    select from resource_steps where update_id = ${id} and kind = 'deployed' limit 1`.execute(db);
  return rows.length === 1;
}

/** Keeps the analysis of each resource that the update deployed, instead of the one before. */
export async function keepAnalyses(db: Db, update: UpdatePart): Promise<void> {
  await sql`
    with ${resultsOf(update)},
    excepted as (
      select pack, tag, urn, array_agg(policy) as excepted from reports where exceptions is not null group by pack, tag, urn
    )
    insert into evaluations
      (organization_id, stack_id, pack, urn_digest, by_stack, urn, governed, tag, passed, failed, excepted, evaluated_at, update_id)
    select ${update.organizationId}::uuid, ${update.stackId}::uuid, pack, ${digestOf("urn")}, false, urn, ${isGoverned("urn")}, tag,
      passed, failed, coalesce(excepted, '{}'), ${update.endedAt}::timestamptz, ${update.id}::uuid
    from analyses join steps using (urn) left join excepted using (pack, tag, urn) where urn <> '' and steps.deployed
    on conflict (stack_id, pack, urn_digest, by_stack) do update set
      tag = excluded.tag,
      passed = excluded.passed,
      failed = excluded.failed,
      excepted = excluded.excepted,
      evaluated_at = excluded.evaluated_at,
      update_id = excluded.update_id`.execute(db);
}

/**
 * Keeps what stack policies said, instead of what they said before: which were asked, and for each resource that they name,
 * which it fails.
 */
export async function keepStackAnalyses(db: Db, update: UpdatePart): Promise<void> {
  await sql`
    with ${resultsOf(update)}
    delete from evaluations using analyses
    where evaluations.stack_id = ${update.stackId} and evaluations.by_stack and evaluations.pack = analyses.pack
      and analyses.urn = ''`.execute(db);
  await sql`
    with ${resultsOf(update)},
    asked as (select * from analyses where urn = ''),
    said as (
      select pack, tag, '' as urn, passed || failed as passed, array[]::text[] as failed, array[]::text[] as excepted
      from asked
      union all
      select report.pack, report.tag, report.urn, array[]::text[], array_agg(report.policy),
        coalesce(array_agg(report.policy) filter (where report.exceptions is not null), '{}')
      from asked
      join reports report on report.pack = asked.pack and report.tag = asked.tag and report.policy = any(asked.failed)
      where report.urn <> '' and report.kind = 'violated'
      group by report.pack, report.tag, report.urn
    )
    insert into evaluations
      (organization_id, stack_id, pack, urn_digest, by_stack, urn, governed, tag, passed, failed, excepted, evaluated_at, update_id)
    select ${update.organizationId}::uuid, ${update.stackId}::uuid, pack, ${digestOf("urn")}, true, urn, ${isGoverned("urn")}, tag,
      passed, failed, excepted, ${update.endedAt}::timestamptz, ${update.id}::uuid
    from said`.execute(db);
}

/** Forgets what all other packs said of the stack's resources. */
export async function forgetPacksBut(db: Db, stackId: string, packs: readonly string[]): Promise<void> {
  const others = sql<SqlBool>`pack <> all(${[...packs]}::text[])`;
  await db.deleteFrom("evaluations").where("stack_id", "=", stackId).where(others).execute();
  await db.deleteFrom("pack_scores").where("stack_id", "=", stackId).where(others).execute();
}
