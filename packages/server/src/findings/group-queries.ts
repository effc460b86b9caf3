import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { stacksAndRemoved } from "../stacks/index.ts";
import { conditionOnFinding } from "./list-queries.ts";
import { type Counted, countedAs } from "./page-queries.ts";
import { severityOf, severityRank } from "./severity.ts";

/**
 * What stacks of one project have in common: the same resource, but for its stack, violates the same policy. The counts of findings say
 * which policies of which projects come first, and only the findings of these are looked at.
 */
export type FindingGroup = Awaited<ReturnType<typeof listGroupsOf>>[number];

/** The values of `FindingGroup` by which groups are ordered: those of each come before all that are greater. */
export const groupKey = ["worst", "most", "project", "pack", "policy", "rarest", "resource"] as const;

/** All values of `worst`: a mandatory violation is worse than any other, and of both those of a higher severity are. */
const RANKS = [-14, -13, -12, -11, -10, -4, -3, -2, -1, 0];
const NAMES = 10;
const GROWTH = 4;

interface Page extends Counted {
  /** The values of `groupKey` of the last one of the page before. */
  after?: readonly string[] | undefined;
  limit: number;
  /** Of as many counts, those of each rank are found by an index. Of fewer, all are read once. */
  few?: number;
}

/** A policy that stacks of one project violate, as badly as `worst` says. */
interface Violated {
  worst: number;
  /** How many findings it has, negated. */
  most: number;
  project: string;
  pack: string;
  policy: string;
  /** It has so many groups at least, for one stack has no two findings of a group. */
  groups: number;
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
  const [worst, most, project, pack, policy] = page.after ?? [];
  const after = page.after ? sql`>= (${worst}::int, ${most}::int, ${project}, ${pack}, ${policy})` : undefined;
  const few = await listViolatedOfFew(db, page, after);
  if (few) {
    yield* inParts(page, after, async (part, from) =>
      from === after ? few : ((await listViolatedOfFew(db, part, from)) ?? []),
    );
    return;
  }
  for (const rank of RANKS.filter((rank) => rank >= Number(worst ?? RANKS[0])))
    yield* inParts(page, after, (part, from) => listViolatedOfRank(db, part, rank, from));
}

type After = RawBuilder<unknown> | undefined;

/** Each part is larger than the one before, because each reads all counts. */
async function* inParts(page: Page, after: After, list: (part: Page, after: After) => Promise<Violated[]>) {
  for (let from = after, { limit } = page; ; limit *= GROWTH) {
    const found = await list({ ...page, limit }, from);
    yield* found;
    const last = found.at(-1);
    if (!last || found.length < limit) return;
    from = sql`> (${last.worst}::int, ${last.most}::int, ${last.project}, ${last.pack}, ${last.policy})`;
  }
}

/** As an index on the counts has it. */
const badness = (level: RawBuilder<unknown>, rank: RawBuilder<unknown>) =>
  sql<number>`(10 * (${level} = 'mandatory')::int + ${rank})`;
const badnessOfCount = badness(sql`counted.level`, sql`counted.severity_rank`);

const stacksOf = (closed: boolean) => (closed ? stacksAndRemoved : sql`stacks`);

/** Its groups are not made in the order of the page, because the database would sort all counts for that. */
const selectViolated = (
  { counts, worst }: { counts: RawBuilder<unknown>; worst: RawBuilder<unknown> },
  { closed, limit }: Page,
  after: After,
) => sql`
  select * from (
    select worst, most, project collate "C" as project, pack collate "C" as pack, policy collate "C" as policy, groups
    from (
      select ${worst} as worst, -sum(count)::int as most, stack.project, counted.pack, counted.policy,
        max(count) as groups
      from ${counts} as counted join ${stacksOf(closed)} as stack on stack.id = counted.stack_id
      group by 1, 3, 4, 5
    ) as together
  ) as violated
  where ${after ? sql`(worst, most, project, pack, policy) ${after}` : sql`true`}
  order by worst, most, project, pack, policy limit ${limit}`;

/** Undefined when there are not few. */
async function listViolatedOfFew(db: Db, page: Page, after: After): Promise<Violated[] | undefined> {
  const { few = 10_000 } = page;
  const { rows } = await sql<{ found: Violated[] | null }>`
    with few as materialized (select counted.* from ${countedAs(page)} limit ${few})
    select case when count(*) < ${few} then (
      select coalesce(json_agg(violated), '[]') from (${selectViolated({ counts: sql`few`, worst: sql`-${badnessOfCount}` }, page, after)}) as violated
    ) end as found from few`.execute(db);
  return rows[0]?.found ?? undefined;
}

async function listViolatedOfRank(db: Db, page: Page, rank: number, after: After): Promise<Violated[]> {
  const counts = sql`(select counted.* from ${countedAs(page)} and ${badnessOfCount} = ${-rank})`;
  const ofRank = { counts, worst: sql`${rank}::int` };
  return (await sql<Violated>`${selectViolated(ofRank, page, after)}`.execute(db)).rows;
}

const root = "pulumi:pulumi:Stack";
const part = (n: number) => sql`split_part(finding.urn, '::', ${sql.lit(n)})`;
/** A URN is urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME, and the name of the stack's own resource has the stack's. */
const resource = sql<string>`(case ${part(3)} when ${sql.lit(root)} then ${sql.lit(`${root}::`)}
  else substr(finding.urn, length(${part(1)}) + length(${part(2)}) + 5) end) collate "C"`;

/** The first groups of these policies after the page's `after`: those that are as bad as the policy is said to be here. */
async function listGroupsOf(db: Db, page: Page, violated: readonly Violated[]) {
  const { organizationId, stackIds, closed, where, after, limit } = page;
  const rank = severityRank(sql`finding.severity`);
  const [worst, most, project, pack, policy, rarest, last] = after ?? [];
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
      select violated.worst, most, violated.project collate "C" as project, violated.pack collate "C" as pack,
        violated.policy collate "C" as policy, ${resource} as resource, -(count(distinct stack.id))::int as rarest,
        count(distinct stack.id)::int as stacks,
        (array_agg(distinct stack.name collate "C"))[1:${sql.lit(NAMES)}] as "stackNames",
        case when bool_or(finding.level = 'mandatory') then 'mandatory' else max(finding.level) end as level,
        coalesce(${severityOf(sql`max(${rank})`)}, '') as severity, min(finding.first_seen_at) as "firstSeen",
        max(finding.last_seen_at) as "lastSeen"
      from json_to_recordset(${JSON.stringify(violated)}::json)
          as violated (worst integer, most integer, project text, pack text, policy text)
        join ${stacksOf(closed)} as stack
          on stack.organization_id = ${organizationId} and stack.project = violated.project
        cross join lateral (
          select * from findings
          where stack_id = stack.id and pack = violated.pack and policy = violated.policy
            and ended is ${closed ? sql`not null` : sql`null`}
          offset 0
        ) as finding
        left join users assignee on assignee.id = finding.assigned_to
      where ${stackIds ? sql`stack.id = any(${[...stackIds]}::uuid[])` : sql`true`} and ${conditionOnFinding(where)}
      group by 1, 2, 3, 4, 5, 6
      having max(${badness(sql`finding.level`, rank)}) = -violated.worst
    )
    select * from grouped
    ${
      after
        ? sql`where (${sql.join(groupKey.map((key) => sql.ref(key)))})
            > (${Number(worst)}::int, ${Number(most)}::int, ${project}, ${pack}, ${policy}, ${Number(rarest)}::int, ${last})`
        : sql``
    }
    order by ${sql.join(groupKey.map((key) => sql.ref(key)))} limit ${limit}`.execute(db);
  return rows;
}
