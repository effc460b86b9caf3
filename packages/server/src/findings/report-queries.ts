import type { Order } from "@quillon/report";
import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { PolicyName } from "../packs/index.ts";
import { isOfPart, type Part } from "./part-queries.ts";
import { severityOf, severityRank } from "./severity.ts";

/** Queries for what policies reported in one run. What a policy said of one resource is one result. */

/** In characters, of one message. */
const LONGEST_MESSAGE = 4096;
/** Of one result. */
const MOST_MESSAGES = 10;

export interface PolicyCounts {
  pack: string;
  tag: string;
  policy: string;
  mandatory: number;
  advisory: number;
  /** Of both levels. Not there when an earlier version has counted. */
  excepted?: number;
  remediated: number;
  notEvaluated: number;
  passed: number;
  severity: string | null;
}

/** Of the reports of one result: what only some of them are excepted from is a violation. */
const isExcepted = sql`bool_and(exceptions is not null)`;
const rank = sql`max(${severityRank(sql`severity`)})`;

/** How the policies of a run, or of one part of it, ended; those that are violated first. */
export async function countReports(
  db: Db,
  updateId: string,
  { limit, ...part }: { limit: number } & Part,
): Promise<PolicyCounts[]> {
  const { rows } = await sql<PolicyCounts>`
    with told as (
      select pack, tag, policy, kind, urn, max(level) as level, ${rank} as rank, ${isExcepted} as excepted
      from policy_reports
      where update_id = ${updateId} and ${isOfPart("policy_reports", part)} group by pack, tag, policy, kind, urn
    ), reported as (
      select pack, tag, policy, max(rank) filter (where kind = 'violated') as rank,
        count(*) filter (where kind = 'violated' and level = 'mandatory' and not excepted) as mandatory,
        count(*) filter (where kind = 'violated' and level <> 'mandatory' and not excepted) as advisory,
        count(*) filter (where excepted) as excepted,
        count(*) filter (where kind = 'remediated') as remediated,
        count(*) filter (where kind = 'not-evaluated') as not_evaluated
      from told group by pack, tag, policy
    ), analyses as (
      select distinct on (pack, tag, urn) pack, tag, passed
      from policy_analyses
      where update_id = ${updateId} and ${isOfPart("policy_analyses", part)} order by pack, tag, urn, sequence desc
    ), passing as (
      select pack, tag, policy, count(*) as passed
      from analyses cross join unnest(passed) as policy group by pack, tag, policy
    )
    select pack, tag, policy, ${severityOf(sql`rank`)} as severity,
      coalesce(mandatory, 0)::int as mandatory, coalesce(advisory, 0)::int as advisory,
      coalesce(excepted, 0)::int as excepted,
      coalesce(remediated, 0)::int as remediated, coalesce(not_evaluated, 0)::int as "notEvaluated",
      coalesce(passed, 0)::int as passed
    from reported full join passing using (pack, tag, policy)
    order by coalesce(mandatory + advisory + excepted, 0) = 0, pack, tag, policy limit ${limit}`.execute(db);
  return rows;
}

/** The order of results, the worst first. */
const worst = sql`kind = 'violated' desc, excepted, level = 'mandatory' desc, rank desc nulls last, pack, policy, first`;

/** The results of a run, or of one policy in it, each with the events that told it. */
const resultsIn = (updateId: string, of?: PolicyName) => sql`
  select pack, tag, policy, urn, kind, max(level) as level, ${rank} as rank, ${isExcepted} as excepted,
    min(sequence) as first, (array_agg(sequence))[1:${MOST_MESSAGES}] as sequences
  from policy_reports
  where update_id = ${updateId} and ${of ? sql`pack = ${of.pack} and tag = ${of.tag} and policy = ${of.policy}` : sql`true`}
  group by pack, tag, policy, urn, kind`;

/** The events of one result, by which it can be read. */
export interface ReportedEvents {
  sequences: string[];
  excepted: boolean;
}

/**
 * The events of each result, in the order of the results, so that they can be read in parts.
 *
 * @param page.limit the worst are kept, whatever the order is.
 */
export async function listReported(
  db: Db,
  { updateId, order, limit }: { updateId: string; order: Order; limit: number },
): Promise<ReportedEvents[]> {
  const { rows } = await sql<ReportedEvents>`
    with results as (${resultsIn(updateId)}), kept as (select * from results order by ${worst} limit ${limit})
    select sequences, excepted from kept order by ${order === "policy" ? sql`pack, tag, policy, ${worst}` : worst}`.execute(
    db,
  );
  return rows;
}

/**
 * Like `listReported`, some of them.
 *
 * @param page.byResource those of one resource follow each other, and the resource with the worst result is first.
 */
export async function listReportedPage(
  db: Db,
  { updateId, of, byResource, start, limit }: ResultsWanted & { updateId: string; limit: number },
): Promise<(ReportedEvents & PolicyName)[]> {
  const { rows } = await sql<ReportedEvents & PolicyName>`
    with results as (${resultsIn(updateId, of)}),
    placed as (select *, row_number() over (order by ${worst}) as place from results)
    select pack, tag, policy, sequences, excepted from placed
    order by ${byResource ? sql`min(place) over (partition by urn), place` : sql`place`} limit ${limit} offset ${start}`.execute(
    db,
  );
  return rows;
}

export interface ResultsWanted {
  /** Only those of this policy. */
  of?: PolicyName | undefined;
  byResource: boolean;
  /** So many are left out. */
  start: number;
}

/** What these events say. */
export async function readReported(db: Db, updateId: string, sequences: readonly string[]) {
  return db
    .selectFrom("policy_reports")
    .where("update_id", "=", updateId)
    .where(sql<boolean>`sequence = any(${[...sequences]}::bigint[])`)
    .select(["sequence", "kind", "pack", "tag", "policy", "urn", "level", "severity", "exceptions", "unapplied"])
    .select(sql<string>`left(message, ${LONGEST_MESSAGE})`.as("message"))
    .execute();
}
