import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { stacksAndRemoved } from "../stacks/index.ts";
import { names } from "./filter-queries.ts";
import type { Condition } from "./grid.ts";
import { conditionOnFinding } from "./list-queries.ts";
import { type Counted, countedAs } from "./page-queries.ts";
import { severityOf, severityRank } from "./severity.ts";
import { isWithinTime } from "./timed.ts";

/**
 * What stacks of one project have in common: the same resource, but for its stack, violates the same policy. The counts of findings say
 * which policies come first, and in which projects, and only the findings of these are looked at.
 */
export type FindingGroup = Awaited<ReturnType<typeof listGroupsOf>>[number];

/** The values of `FindingGroup` by which groups are ordered: those of each come before all that are greater. */
export const groupKey = ["worst", "total", "pack", "policy", "most", "project", "rarest", "resource"] as const;

const NAMES = 10;
const GROWTH = 4;

interface Page extends Counted {
  /** Also about `resourceURN`. */
  where: Condition;
  /** The values of `groupKey` of the last one of the page before. */
  after?: readonly string[] | undefined;
  limit: number;
  /** Of as many counts, those of each rank are found by an index. Of fewer, all are read once. */
  few?: number;
}

/**
 * A policy that is violated as badly as `worst` says: a mandatory violation is worse than any other, and of both those of a higher severity
 * are. The worst has -14, the others up to 0.
 */
interface ViolatedPolicy {
  worst: number;
  /** How many such findings it has, negated. */
  total: number;
  pack: string;
  policy: string;
}

/** A policy that stacks of one project violate so. */
interface Violated extends ViolatedPolicy {
  /** How many such findings it has there, negated. */
  most: number;
  project: string;
  /** It has so many groups at least, for one stack has no two findings of a group. */
  groups: number;
  /** The ids of those that violate it, also worse than this. Undefined where it may be many. */
  stacks?: readonly string[];
}

/** The groups of a page. */
export async function listFindingGroups(db: Db, page: Page): Promise<FindingGroup[]> {
  const groups: FindingGroup[] = [];
  let next: Violated[] = [];
  let expected = 0;
  let asked = false;
  for await (const violated of violatedInOrder(db, page)) {
    next.push(violated);
    expected += violated.groups;
    if (groups.length + expected < page.limit) continue;
    // Fewer came than were expected, and it may go on so for long.
    if (asked && next.length < page.limit) continue;
    asked = true;
    groups.push(...(await listGroupsOf(db, page, next)));
    if (groups.length >= page.limit) return groups.slice(0, page.limit);
    // Groups that are worse elsewhere have come before.
    next = [];
    expected = 0;
  }
  return [...groups, ...(await listGroupsOf(db, page, next))].slice(0, page.limit);
}

/** Those that come before the page are left out. */
async function* violatedInOrder(db: Db, page: Page): AsyncGenerator<Violated> {
  const from = page.after && isAfter(violatedKey, page.after, ">=");
  const few = await listViolatedOfFew(db, page, from);
  if (few) {
    yield* inParts(page, violatedKey, from, async (part, after) =>
      after === from ? few : ((await listViolatedOfFew(db, part, after)) ?? []),
    );
    return;
  }
  const fromPolicy = page.after && isAfter(policyKey, page.after, ">=");
  for (const rank of await listRanks(db, page)) {
    if (page.after && rank < Number(page.after[0])) continue;
    const policies = inParts(page, policyKey, fromPolicy, (part, after) => listPoliciesOfRank(db, part, rank, after));
    for await (const some of inGrowing(policies))
      yield* inParts(page, violatedKey, from, (part, after) => listProjectsOf(db, part, some, after));
  }
}

type After = RawBuilder<unknown> | undefined;

const policyKey = groupKey.slice(0, 4);
const violatedKey = groupKey.slice(0, 6);

/** Whether a row comes after these values of the key, of which there may be more. */
const isAfter = (key: readonly string[], values: readonly unknown[], how: ">" | ">=") => sql`
  (${sql.join(key.map((one) => sql.ref(one)))}) ${sql.raw(how)} (${sql.join(key.map((one, n) => typed(one, values[n])))})`;

const typed = (key: string, value: unknown) => (isNumber(key) ? sql`${Number(value)}::int` : sql`${value}`);

/** Whether the values of a part of `groupKey` are numbers. None of them is positive. */
export const isNumber = (key: string) => ["worst", "total", "most", "rarest"].includes(key);

/** Each part is larger than the one before, because each reads all counts. */
async function* inParts<Row extends ViolatedPolicy>(
  page: Page,
  key: readonly string[],
  after: After,
  list: (part: Page, after: After) => Promise<Row[]>,
): AsyncGenerator<Row> {
  for (let from = after, { limit } = page; ; limit *= GROWTH) {
    const found = await list({ ...page, limit }, from);
    yield* found;
    const last = found.at(-1);
    if (!last || found.length < limit) return;
    const values = key.map((one) => last[one as keyof Row]);
    from = isAfter(key, values, ">");
  }
}

/** The first by itself, for it may fill a page, and then more and more at once, for each may be of few. */
async function* inGrowing<T>(all: AsyncIterable<T>): AsyncGenerator<T[]> {
  let some: T[] = [];
  let size = 1;
  for await (const one of all) {
    some.push(one);
    if (some.length < size) continue;
    yield some;
    some = [];
    size *= GROWTH;
  }
  if (some.length > 0) yield some;
}

/** As an index on the counts has it. */
const badness = (level: RawBuilder<unknown>, rank: RawBuilder<unknown>) =>
  sql<number>`(10 * (${level} = 'mandatory')::int + ${rank})`;
const badnessOfCount = badness(sql`counted.level`, sql`counted.severity_rank`);
/** With the severity by itself, too, because an index on the times begins with it. */
const isOfRank = (rank: RawBuilder<unknown>) =>
  sql`${badnessOfCount} = ${rank} and counted.severity_rank = ${rank} % 10`;

const stacksOf = (closed: boolean) => (closed ? stacksAndRemoved : sql`stacks`);

/** The first rows after `after`. They are not made in this order, because the database would sort all that they are made of for that. */
const firstOf = (rows: RawBuilder<unknown>, key: readonly string[], { limit }: Page, after: After) => sql`
  select * from (${rows}) as violated where ${after ?? sql`true`}
  order by ${sql.join(key.map((one) => sql.ref(one)))} limit ${limit}`;

/** Undefined when there are not few. */
async function listViolatedOfFew(db: Db, page: Page, after: After): Promise<Violated[] | undefined> {
  const { few = 10_000, closed } = page;
  const areOfUrns = names(page.where, "resourceURN");
  const counts = areOfUrns ? countsOfUrns(page) : sql`select counted.* from ${countedAs(page)} limit ${few}`;
  const violated = sql`
    select worst, sum(most) over (partition by worst, pack, policy)::int as total, pack collate "C" as pack,
      policy collate "C" as policy, most, project collate "C" as project, groups, stacks
    from (
      select worst, pack, policy, -sum(count)::int as most, project, max(count) as groups
      from (
        select -${badnessOfCount} as worst, pack, policy, stack_id, sum(count)::int as count from few as counted group by 1, 2, 3, 4
      ) as of_stack join ${stacksOf(closed)} as stack on stack.id = stack_id
      group by 1, 2, 3, 5
    ) as together
    join (
      select pack, policy, project, array_agg(distinct stack_id) as stacks
      from few join ${stacksOf(closed)} as stack on stack.id = stack_id group by 1, 2, 3
    ) as everywhere using (pack, policy, project)`;
  const { rows } = await sql<{ found: Violated[] | null }>`
    with few as materialized (${counts})
    select case when ${areOfUrns} or count(*) < ${few} then (
      select coalesce(json_agg(violated), '[]') from (${firstOf(violated, violatedKey, page, after)}) as violated
    ) end as found from few`.execute(db);
  return rows[0]?.found ?? undefined;
}

/** The findings of some URNs, as if each were counted by itself. */
const countsOfUrns = (page: Page) => sql`
  select finding.stack_id, finding.pack, finding.policy, finding.level, 1 as count,
    ${severityRank(sql`finding.severity`)} as severity_rank
  from findings finding join ${stacksOf(page.closed)} as stack on stack.id = finding.stack_id
  left join users assignee on assignee.id = finding.assigned_to
  where finding.organization_id = ${page.organizationId} and ${isWanted(page)}`;

/** Of rows of `finding`, with its `stack` and `assignee`. */
const isWanted = (page: Page) => sql`finding.ended is ${page.closed ? sql`not null` : sql`null`}
  and ${page.stackIds ? sql`stack.id = any(${[...page.stackIds]}::uuid[])` : sql`true`}
  and ${isWithinTime(page, "finding")} and ${conditionOnFinding(page.where)}`;

/** The ranks that the organization has findings of. Each is found by an index, from the one before. */
async function listRanks(db: Db, { organizationId, closed }: Page): Promise<number[]> {
  const worstBelow = (rank: RawBuilder<unknown>) => sql`(
    select ${badnessOfCount} from finding_counts counted
    where organization_id = ${organizationId} and closed = ${closed} and ${badnessOfCount} < ${rank}
    order by ${badnessOfCount} desc limit 1)`;
  const { rows } = await sql<{ rank: number }>`
    with recursive ranks as (
      select ${worstBelow(sql`100`)} as rank
      union all
      select ${worstBelow(sql`rank`)} from ranks where rank is not null
    )
    select -rank as rank from ranks where rank is not null`.execute(db);
  return rows.map(({ rank }) => rank);
}

async function listPoliciesOfRank(db: Db, page: Page, rank: number, after: After): Promise<ViolatedPolicy[]> {
  const policies = sql`
    select ${rank}::int as worst, total, pack collate "C" as pack, policy collate "C" as policy
    from (
      select -sum(count)::int as total, pack, policy from ${countedAs(page)} and ${isOfRank(sql`${-rank}::int`)} group by 2, 3
    ) as together`;
  return (await sql<ViolatedPolicy>`${firstOf(policies, policyKey, page, after)}`.execute(db)).rows;
}

/** Where these policies are violated. The counts of each are found by an index. */
async function listProjectsOf(
  db: Db,
  page: Page,
  policies: readonly ViolatedPolicy[],
  after: After,
): Promise<Violated[]> {
  const violated = sql`
    select worst, total, pack collate "C" as pack, policy collate "C" as policy, most, project collate "C" as project, groups
    from (
      select worst, total, pack, policy, -sum(count)::int as most, project, max(count) as groups
      from json_to_recordset(${JSON.stringify(policies)}::json)
          as violated (worst integer, total integer, pack text, policy text)
        cross join lateral (
          select stack_id, sum(count)::int as count from ${countedAs(page)} and ${isOfRank(sql`-violated.worst`)}
            and counted.pack = violated.pack and counted.policy = violated.policy
          group by stack_id
        ) as of_stack
        join ${stacksOf(page.closed)} as stack on stack.id = stack_id
      group by 1, 2, 3, 4, 6
    ) as together`;
  return (await sql<Violated>`${firstOf(violated, violatedKey, page, after)}`.execute(db)).rows;
}

const root = "pulumi:pulumi:Stack";
const part = (n: number) => sql`split_part(finding.urn, '::', ${sql.lit(n)})`;
/** A URN is urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME, and the name of the stack's own resource has the stack's. */
const resource = sql<string>`(case ${part(3)} when ${sql.lit(root)} then ${sql.lit(`${root}::`)}
  else substr(finding.urn, length(${part(1)}) + length(${part(2)}) + 5) end) collate "C"`;

/** The first groups of these policies after the page's `after`: those that are as bad as the policy is said to be here. */
async function listGroupsOf(db: Db, page: Page, violated: readonly Violated[]) {
  const { organizationId, closed, after, limit } = page;
  const rank = severityRank(sql`finding.severity`);
  const { rows } = await sql<
    Omit<Violated, "groups"> & {
      resource: string;
      /** How many stacks have it, negated. */
      rarest: number;
      stacks: number;
      stackNames: string[];
      level: string;
      severity: string;
      firstSeen: Date;
      lastSeen: Date;
    }
  >`
    with grouped as (
      select violated.worst, total, violated.pack collate "C" as pack, violated.policy collate "C" as policy, most,
        violated.project collate "C" as project, ${resource} as resource, -(count(distinct stack.id))::int as rarest,
        count(distinct stack.id)::int as stacks,
        (array_agg(distinct stack.name collate "C"))[1:${sql.lit(NAMES)}] as "stackNames",
        case when bool_or(finding.level = 'mandatory') then 'mandatory' else max(finding.level) end as level,
        coalesce(${severityOf(sql`max(${rank})`)}, '') as severity, min(finding.first_seen_at) as "firstSeen",
        max(finding.last_seen_at) as "lastSeen"
      from json_to_recordset(${JSON.stringify(violated)}::json)
          as violated (worst integer, total integer, pack text, policy text, most integer, project text, stacks uuid[])
        join ${stacksOf(closed)} as stack
          on stack.organization_id = ${organizationId} and stack.project = violated.project
            and (violated.stacks is null or stack.id = any(violated.stacks))
        cross join lateral (
          select * from findings where stack_id = stack.id and pack = violated.pack and policy = violated.policy
          offset 0
        ) as finding
        left join users assignee on assignee.id = finding.assigned_to
      where ${isWanted(page)}
      group by 1, 2, 3, 4, 5, 6, 7
      having max(${badness(sql`finding.level`, rank)}) = -violated.worst
    )
    select * from grouped where ${after ? isAfter(groupKey, after, ">") : sql`true`}
    order by ${sql.join(groupKey.map((key) => sql.ref(key)))} limit ${limit}`.execute(db);
  return rows;
}
