import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { isTargeted, readRecorded } from "../updates/index.ts";
import { isDeployed } from "./deployed.ts";
import { type FindingChange, TOP } from "./finding-changes.ts";
import { inPart, isOfPart, isOfStack, type UpdatePart } from "./part-queries.ts";
import { severityRank, worstSeverity } from "./severity.ts";

/** Of a URN, which may be too long for an index. */
export const digestOf = (column: string) => sql`sha256(convert_to(${sql.ref(column)}, 'UTF8'))`;

/** Of the messages of one policy about one resource, which are one text in a finding. */
const MOST_MESSAGES = 100;

/** The exceptions of a report without those that have ended. Null when there are no others. */
function activeOf(ended: readonly string[]): RawBuilder<unknown> {
  if (ended.length === 0) return sql.ref("exceptions");
  return sql`(select jsonb_agg(named order by place) from jsonb_array_elements(exceptions) with ordinality as each (named, place)
    where named ->> 'id' <> all(${[...ended]}::text[]))`;
}

/**
 * The tables `required`, `steps`, `analyses`, `reports` and `failing` of one part of an update. Only required packs are in
 * them: an analysis of a pack that is not required, or of another version, came from a pack on somebody's disk.
 *
 * A policy fails for a resource only if it also reported why, and then once. A stack policy fails for the resources that it
 * names. A failure is excepted, and has `exceptions`, when each of its reports is, by exceptions that have not ended since. They are
 * the same in all, because they match by the policy and the resource.
 */
export function resultsOf({ id, required, ended, ...part }: UpdatePart) {
  const packs = readRecorded(required).map(({ pack, tag }) => ({ pack, tag: tag ?? "" }));
  return sql`
    required as (
      select distinct pack, tag from json_to_recordset(${JSON.stringify(packs)}::json) as recorded (pack text, tag text)
    ), steps as (
      select urn, bool_or(kind = 'deployed') as deployed, bool_or(kind = 'deleted') as deleted
      from resource_steps where update_id = ${id} and ${isOfPart("resource_steps", part)} group by urn
    ), analyses as (
      select distinct on (analysis.pack, analysis.urn) analysis.*
      from policy_analyses analysis
      join required on required.pack = analysis.pack and required.tag in ('', analysis.tag)
      where analysis.update_id = ${id} and (${isOfStack("analysis", part)} or ${isOfPart("analysis", part)})
      order by analysis.pack, analysis.urn, analysis.sequence desc
    ), reports as (
      select pack, tag, policy, urn, max(kind) as kind, max(level) as level, ${worstSeverity(sql`severity`)} as severity,
        left(string_agg(message, E'\n' order by sequence) filter (where place <= ${MOST_MESSAGES}), 32768) as message,
        case when bool_and(active is not null) filter (where kind = 'violated')
          then (array_agg(active) filter (where active is not null))[1] end as exceptions,
        (array_agg(unapplied) filter (where unapplied is not null))[1] as unapplied
      from (
        select *, ${activeOf(ended)} as active, row_number() over (partition by pack, tag, policy, urn order by sequence) as place
        from policy_reports
        where update_id = ${id} and kind <> 'remediated' and ${isOfPart("policy_reports", part)}
      ) as told group by pack, tag, policy, urn
    ), failing as (
      select distinct on (pack, policy, urn) * from (
        select analysis.pack, analysis.tag, report.policy, analysis.urn, report.level, report.severity, report.message,
          report.exceptions, report.unapplied, coalesce(step.deployed, false) as deployed
        from analyses analysis
        join reports report on report.pack = analysis.pack and report.tag = analysis.tag and report.urn = analysis.urn
          and report.policy = any(analysis.failed)
        left join steps step on step.urn = analysis.urn
        where analysis.urn <> '' and report.kind = 'violated'
        union all
        select analysis.pack, analysis.tag, report.policy, report.urn, report.level, report.severity, report.message,
          report.exceptions, report.unapplied, true
        from analyses analysis
        join reports report on report.pack = analysis.pack and report.tag = analysis.tag
          and report.policy = any(analysis.failed)
        where analysis.urn = '' and report.kind = 'violated'
      ) as failed order by pack, policy, urn, deployed desc
    )`;
}

/** Until somebody sets another one. */
const priorityBySeverity = sql`case severity when 'critical' then 'p0' when 'high' then 'p1' when 'medium' then 'p2' else 'p3' end`;

/** Whether a violation is worse than what somebody ignored or called by design. */
export const isWorse = (row: "excluded" | "findings") => sql`(findings.status in ('ignored', 'by_design') and (
  ${severityRank(sql.ref(`${row}.severity`))} > ${severityRank(sql`findings.triaged_severity`)}
  or (${sql.ref(`${row}.level`)} = 'mandatory' and findings.triaged_level <> 'mandatory')))`;
/** The same of a violation that is shown now, and counts. */
const isWorseNow = sql`(excluded.ended is null and ${isWorse("excluded")})`;

/** Counts the rows of the table `changes`, by how they have changed and by level. */
const countChanges = sql`
  select how, level = 'mandatory' as mandatory, count(*)::int as count,
    json_agg(json_build_object('id', id, 'pack', pack, 'tag', tag, 'policy', policy, 'urn', urn, 'level', level,
      'severity', severity, 'message', message) order by place) filter (where place <= ${TOP}) as top
  from (
    select *, row_number() over (
      partition by how, level = 'mandatory' order by ${severityRank(sql`severity`)} desc, pack, policy, urn
    ) as place from changes
  ) as placed group by 1, 2`;

/**
 * Opens, keeps or reopens a finding for each violation of a resource that the update deployed. One that is excepted ends so, and is
 * kept with when it was seen. What comes back when it was excepted was never fixed, so it is not counted as reopened.
 *
 * @returns what was opened and reopened.
 */
export async function openFindings(db: Db, update: UpdatePart): Promise<FindingChange[]> {
  const { id, stackId, organizationId, endedAt } = update;
  const { rows } = await sql<FindingChange>`
    with ${resultsOf(update)}, shown as (
    insert into findings (
      organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message,
      priority, first_seen_at, first_seen_tag, last_seen_at, last_seen_update, modified_at,
      ended, resolved_at, exceptions
    )
    select ${organizationId}::uuid, ${stackId}::uuid, pack, policy, urn, ${digestOf("urn")}, tag,
      coalesce(level, ''), coalesce(severity, ''), coalesce(message, ''),
      ${priorityBySeverity}, ${endedAt}::timestamptz, tag, ${endedAt}::timestamptz, ${id}::uuid, ${endedAt}::timestamptz,
      case when exceptions is not null then 'excepted' end, case when exceptions is not null then ${endedAt}::timestamptz end,
      exceptions
    from failing where deployed
    on conflict (stack_id, pack, policy, urn_digest) do update set
      tag = excluded.tag,
      level = excluded.level,
      severity = excluded.severity,
      message = excluded.message,
      priority = case when findings.priority_set then findings.priority else excluded.priority end,
      last_seen_at = excluded.last_seen_at,
      last_seen_update = excluded.last_seen_update,
      status = case when findings.ended = 'fixed' and findings.status = 'in_progress' then 'open'
        when ${isWorseNow} then 'open' else findings.status end,
      reason = case when ${isWorseNow} then null else findings.reason end,
      expires_at = case when ${isWorseNow} then null else findings.expires_at end,
      reopened = findings.reopened + (findings.ended is not distinct from 'fixed')::int,
      ended = excluded.ended,
      exceptions = excluded.exceptions,
      resolved_at = case when findings.ended = excluded.ended then findings.resolved_at else excluded.resolved_at end,
      withdrawn_by = null,
      modified_at = case when (findings.ended, findings.exceptions) is not distinct from (excluded.ended, excluded.exceptions)
        and not ${isWorseNow} then findings.modified_at else excluded.modified_at end
    returning id, pack, tag, policy, urn, level, severity, message, status, ended
    ), changes as (
      select shown.*, case when before.id is null then 'opened' else 'reopened' end as how
      from shown
      -- As it was before this statement.
      left join lateral (select id, ended, status from findings where id = shown.id offset 0) before on true
      where shown.ended is null and (before.id is null or before.ended is not null
        or (before.status in ('ignored', 'by_design') and shown.status = 'open'))
    )
    ${countChanges}`.execute(db);
  return rows;
}

/**
 * Closes the findings of policies that passed for a resource that the update deployed, of stack policies that did not name
 * the resource, and of resources that are gone.
 *
 * @returns what was fixed, without what was excepted before, because nobody was told of that.
 */
export async function closeFindings(db: Db, update: UpdatePart): Promise<FindingChange[]> {
  // Looked up by an index for each result, because the stack may have far more findings than the part has results.
  const open = (of: RawBuilder<unknown>) => sql`
    cross join lateral (
      select id, ended from findings
      where stack_id = ${update.stackId} and ${isDeployed("findings")} and last_seen_update is distinct from ${update.id} and ${of}
      offset 0
    ) as open`;
  const { rows } = await sql<FindingChange>`
    with ${resultsOf(update)},
    closed as (
      select open.* from analyses join steps using (urn)
      ${open(sql`urn_digest = ${digestOf("analyses.urn")} and pack = analyses.pack and policy = any(analyses.passed)`)}
      where analyses.urn <> '' and steps.deployed
      union
      -- A stack policy passes for each resource that it does not name.
      select open.* from analyses cross join unnest(analyses.passed || analyses.failed) as asked
      ${open(sql`pack = analyses.pack and policy = asked and ${inPart("urn", update)}`)}
      where analyses.urn = ''
      union
      select open.* from steps
      ${open(sql`urn_digest = ${digestOf("steps.urn")}`)}
      where steps.deleted and not steps.deployed
    ), fixed as (
      update findings set ended = 'fixed', exceptions = null, resolved_at = ${update.endedAt}, modified_at = ${update.endedAt}
      where id = any(array(select id from closed))
      returning findings.*, 'fixed' as how
    ), changes as (
      select fixed.* from fixed join closed using (id) where closed.ended is null
    )
    ${countChanges}`.execute(db);
  return rows;
}

/**
 * Withdraws the findings of policies that do not apply any more to a resource that the update deployed: its analysis has them neither as
 * passed nor as failed, so they are not known to be fixed. The analysis before says which are not of a stack policy, which it never has.
 */
export async function withdrawInapplicable(db: Db, update: UpdatePart): Promise<void> {
  await sql`
    with ${resultsOf(update)}, inapplicable as (
      select found.id from analyses join steps using (urn)
      join evaluations before on before.stack_id = ${update.stackId} and before.pack = analyses.pack and not before.by_stack
        and before.urn_digest = ${digestOf("analyses.urn")}
      cross join lateral (
        select id from findings
        where stack_id = ${update.stackId} and urn_digest = before.urn_digest and pack = analyses.pack and ${isDeployed("findings")}
          and last_seen_update is distinct from ${update.id}
          and policy = any(before.failed) and policy <> all(analyses.passed || analyses.failed)
        offset 0
      ) as found
      where analyses.urn <> '' and steps.deployed
    )
    update findings set ended = 'withdrawn', exceptions = null, withdrawn_by = null, resolved_at = ${update.endedAt},
      modified_at = ${update.endedAt}
    where id = any(array(select id from inapplicable))`.execute(db);
}

/** Keeps what the update would have violated: all violations of a dry run, and those of resources that were not deployed. */
export async function predict(db: Db, update: UpdatePart, source: string): Promise<void> {
  const { id, stackId, endedAt, dryRun } = update;
  await sql`
    with ${resultsOf(update)}
    insert into predictions (
      stack_id, source, pack, policy, urn, urn_digest, tag, level, severity, message, first_seen_at, last_seen_at, update_id,
      exceptions, unapplied
    )
    select ${stackId}::uuid, ${source}, pack, policy, urn, ${digestOf("urn")}, tag,
      coalesce(level, ''), coalesce(severity, ''), coalesce(message, ''),
      ${endedAt}::timestamptz, ${endedAt}::timestamptz, ${id}::uuid, exceptions, case when exceptions is null then unapplied end
    from failing where ${dryRun} or not deployed
    on conflict (stack_id, source, pack, policy, urn_digest) do update set
      tag = excluded.tag,
      level = excluded.level,
      severity = excluded.severity,
      message = excluded.message,
      last_seen_at = excluded.last_seen_at,
      update_id = excluded.update_id,
      exceptions = excluded.exceptions,
      unapplied = excluded.unapplied`.execute(db);
}

/**
 * Forgets what is not to be expected any more: a dry run speaks for its own source, and if it succeeded, of everything; a
 * real run speaks for all sources, of what it deployed. What a run was told to leave out was evaluated with what is deployed, and
 * not with what the change makes of it, so the run says nothing of it.
 */
export async function deleteSettledPredictions(db: Db, update: UpdatePart, source: string): Promise<void> {
  const { id, stackId, dryRun, succeeded } = update;
  const targeted = isTargeted(update.environment);
  const isRegistered = targeted ? sql`steps.urn is not null` : sql`true`;
  await sql`
    with ${resultsOf(update)},
    earlier as (
      select source, pack, policy, urn, urn_digest from predictions
      where stack_id = ${stackId} and update_id <> ${id} and (not ${dryRun} or source = ${source})
        and ${inPart("urn", update)}
    ), settled as (
      select earlier.* from earlier where ${dryRun && succeeded && !targeted}
      union
      select earlier.* from earlier join analyses using (pack, urn) left join steps using (urn)
      where urn <> '' and policy = any(analyses.passed) and ((${dryRun} and ${isRegistered}) or steps.deployed)
      union
      select earlier.* from earlier join analyses using (pack) left join steps on steps.urn = earlier.urn
      where analyses.urn = '' and policy = any(analyses.passed || analyses.failed) and ${isRegistered}
      union
      select earlier.* from earlier join failing using (pack, policy, urn) where failing.deployed and not ${dryRun}
    )
    delete from predictions using settled
    where predictions.stack_id = ${stackId} and predictions.source = settled.source and predictions.pack = settled.pack
      and predictions.policy = settled.policy and predictions.urn_digest = settled.urn_digest`.execute(db);
}

/** Forgets what was predicted for sources of long ago, when those after it and it have more predictions than that. */
export async function forgetSources(db: Db, stackId: string, most: number): Promise<void> {
  await sql`
    delete from predictions where stack_id = ${stackId} and source in (
      select source from (
        select source, row_number() over newest as place, sum(count(*)) over newest as so_far
        from predictions where stack_id = ${stackId} group by source
        window newest as (order by max(last_seen_at) desc, source)
      ) as sources where place > 1 and so_far > ${most}
    )`.execute(db);
}
