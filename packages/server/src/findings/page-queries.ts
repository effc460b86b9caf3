import { type Expression, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { stacksAndRemoved } from "../stacks/index.ts";
import { conditionIn } from "./filter-queries.ts";
import type { Condition, FilterField, Rows, Sort, SortField } from "./grid.ts";
import { groupNameOf, isOfGroup, joinScoresOf } from "./group-name.ts";
import { overdueTimes } from "./overdue.ts";
import { isNewOfRank } from "./recent.ts";
import { eachRank } from "./severity.ts";
import { isTimed, isWithinTime, type Timed } from "./timed.ts";

/**
 * Pages, counts and values of findings. They are found by the counts of findings that are alike, so their cost depends neither
 * on what is asked nor on how well the database guesses how many findings fit it.
 */

export interface Counted extends Timed {
  organizationId: string;
  /** The only stacks that the caller may read. Undefined for all. */
  stackIds: readonly string[] | undefined;
  /** Those that have ended, also of removed stacks, instead of those that have not. */
  closed: boolean;
  /** Not about `resourceURN`, which few findings have in common. */
  where: Condition;
}

type Column = "level" | "severity" | "priority" | "status" | "pack" | "policy" | "resource_type";

const columns = {
  level: "level",
  severity: "severity",
  priority: "priority",
  status: "status",
  policyPack: "pack",
  policyName: "policy",
  resourceType: "resource_type",
} as const satisfies Partial<Record<FilterField | SortField, Column>>;

const times = { observedAt: "seen_at", lastModified: "modified_at" } as const satisfies Partial<
  Record<SortField, string>
>;

const of = (column: string) => sql.ref(`counted.${column}`);

const groupName = sql`coalesce(${groupNameOf("counted")}, '')`;
const stacks = stacksAndRemoved.as("stack");
const fullName = sql<string>`project || '/' || name`;
const isTime = (field: SortField): field is keyof typeof times => field in times;

function conditionOf({ where, organizationId }: Counted): Expression<SqlBool> {
  return conditionIn(where, (field, values) => {
    const any = sql`any(${[...values]}::text[])`;
    const stackWith = (value: RawBuilder<unknown>) =>
      sql<SqlBool>`counted.stack_id in (
        select id from ${stacks} where organization_id = ${organizationId} and ${value} = ${any})`;
    switch (field) {
      case "entityType":
        return sql<SqlBool>`'stack' = ${any}`;
      case "entityProject":
        return stackWith(sql`project`);
      case "entityId":
        return stackWith(sql`name`);
      case "stack":
        return stackWith(fullName);
      case "assignedTo": {
        const isOfAny = sql<SqlBool>`counted.assigned_to = any(array(select id from users where login = ${any}))`;
        return values.includes("") ? sql<SqlBool>`(${isOfAny} or counted.assigned_to is null)` : isOfAny;
      }
      case "policyGroupName":
        return isOfGroup("counted", values);
      case "resourceURN":
        throw new Error("findings are not counted by their URNs");
      default:
        return sql<SqlBool>`${of(columns[field])} = ${any}`;
    }
  });
}

/** Of so few stacks, counts are found by an index on these. */
const FEW_STACKS = 1_000;

const isOfFew = ({ stackIds }: Counted) => stackIds !== undefined && stackIds.length < FEW_STACKS;

/**
 * How counts are read. `all`: none of them can be left out. `worst-first`: an index gives them in the order of their severity, and the first are
 * enough. `some`: more conditions are added.
 */
type Reading = "all" | "worst-first" | "some";

/**
 * From where: the counts as `counted`, with a condition that more can be added to.
 *
 * @param exact whether each count is to be of findings that are alike in all their times.
 */
export function countedAs(wanted: Counted, exact = isTimed(wanted), reading: Reading = "some"): RawBuilder<unknown> {
  const { recent, overdue } = wanted;
  if (isOfFew(wanted) || reading === "worst-first")
    return countedIn(exact ? sql`finding_times` : sql`finding_counts`, wanted, isWithinTime(wanted, "counted"));
  const isInTime = isWithinTime({ recent }, "counted");
  if (overdue) return countedIn(sql`(${overdueTimes(overdue)})`, wanted, isInTime);
  if (reading === "all" && recent?.kind === "new") {
    const ofRank = countedIn(sql`finding_times`, wanted, isNewOfRank(recent, sql`rank`));
    return sql`(select counted.* from ${eachRank} cross join lateral (select * from ${ofRank} offset 0) as counted) as counted where true`;
  }
  return countedIn(exact ? sql`finding_times` : sql`finding_counts`, wanted, isInTime);
}

const countedIn = (source: RawBuilder<unknown>, wanted: Counted, isInTime: RawBuilder<SqlBool>) => sql`
  ${source} counted
  where organization_id = ${wanted.organizationId} and closed = ${wanted.closed}
    and ${wanted.stackIds ? sql`stack_id = any(${[...wanted.stackIds]}::uuid[])` : sql`true`}
    and ${wanted.closed ? sql`true` : sql`stack_id not in (select id from removed_stacks where unfinished)`}
    and ${isInTime} and ${conditionOf(wanted)}`;

/** In the direction of the sort. */
const by = (field: SortField, descending: boolean, time: (column: string) => RawBuilder<unknown>) => {
  const value = isTime(field) ? time(times[field]) : field === "severity" ? of("severity_rank") : columnOf(field);
  return sql`${value} ${sql.raw(descending ? "desc" : "asc")}`;
};

/** Findings that are alike differ by time, so what has no time in its order is put in the order of the newest. */
const wholeOrder = (sort: Sort): Sort =>
  sort.some(({ field }) => isTime(field)) ? sort : [...sort, { field: "lastModified", descending: true }];

/** With more than one time, one finding of a count may come first by one of them, and another by the other. */
const isExact = (wanted: Timed, sort: Sort) => isTimed(wanted) || sort.filter(({ field }) => isTime(field)).length > 1;

/** Each count comes where the first of its findings does. */
const orderOfCounts = (exact: boolean, sort: Sort) =>
  sql.join([
    ...wholeOrder(sort).map(({ field, descending }) =>
      by(field, descending, (column) =>
        exact ? timeOf("counted", column) : of(`${descending ? "last" : "first"}_${column}`),
      ),
    ),
    sql`counted.id`,
  ]);

const timeOf = (row: string, column: string) => sql.ref(`${row}.${column === "seen_at" ? "last_seen_at" : column}`);

const orderOfFindings = (sort: Sort) =>
  sql.join([
    ...wholeOrder(sort).map(({ field, descending }) => by(field, descending, (column) => timeOf("finding", column))),
    sql`counted.id`,
    sql`finding.id`,
  ]);

/** Whether a finding is one of those that are counted together. */
const isCounted = sql`
  finding.stack_id = counted.stack_id and finding.pack = counted.pack and finding.policy = counted.policy
    and (finding.ended is not null) = counted.closed and shown_status(finding.ended, finding.status) = counted.status
    and finding.level = counted.level and finding.severity = counted.severity and finding.priority = counted.priority
    and resource_type(finding.urn) = counted.resource_type
    and finding.assigned_to is not distinct from counted.assigned_to`;
const isCountedInTime = sql`${isCounted} and finding.first_seen_at = counted.first_seen_at
    and finding.modified_at = counted.modified_at and finding.last_seen_at = counted.last_seen_at
    and came_back(finding.reopened, finding.modified_at, finding.triaged_at) = counted.came_back`;

/**
 * The findings of the first of some counts. If so many findings are wanted, they are in the first so many counts, for each has
 * one. The counts are materialized with all their columns, because the database would copy those that it needs of each
 * row that it looks at.
 */
const selectFirst = (exact: boolean, counts: RawBuilder<unknown>, sort: Sort, most: number) => sql`
  with counted as materialized (select * from ${counts} order by ${orderOfCounts(exact, sort)} limit ${most})
  select finding.id, finding.urn from counted join findings finding on ${exact ? isCountedInTime : isCounted}
  order by ${orderOfFindings(sort)}`;

/**
 * The ids of a page of findings, in the order of the page, and how many findings there are.
 *
 * @param page.most where it stops to count.
 */
export async function listPage(
  db: Db,
  page: Counted & { sort: Sort; rows: Rows; most: number },
): Promise<{ ids: string[]; count: number }> {
  const { sort, rows, most } = page;
  const exact = isExact(page, sort);
  const counts = countedAs(page, exact, "all");
  const { start, count } = rows;
  const pageOf = (from: RawBuilder<unknown>) =>
    sql`array(select id from (${selectFirst(exact, from, sort, start + count)} offset ${start} limit ${count}) as page)`;
  // Few that fit are read once for both. When there are many, so few are read here that it costs nothing.
  const few = await sql<{ ids: string[]; count: number; cut: boolean }>`
    with few as materialized (select counted.* from ${counts} limit ${most}), total as (
      select coalesce(sum(count), 0) as count, count(*) >= ${most} as cut from few
    )
    select least(count, ${most})::int as count, cut,
      case when cut then '{}' else ${pageOf(sql`few counted`)} end as ids
    from total`.execute(db);
  const [found = { ids: [], count: 0, cut: false }] = few.rows;
  if (!found.cut) return found;
  const inOrder = sort[0]?.field === "severity" ? countedAs(page, exact, "worst-first") : counts;
  const many = await sql<{ ids: string[] }>`select ${pageOf(inOrder)} as ids`.execute(db);
  return { ids: many.rows[0]?.ids ?? [], count: found.count };
}

/** The values of a field, the most frequent first, at most 1,000. Of URNs, those of the findings that changed last. */
export async function listValues(
  db: Db,
  wanted: Counted & { field: FilterField; most: number },
): Promise<{ name: string; count: number }[]> {
  const { field, most } = wanted;
  const counts = countedAs(wanted, isTimed(wanted), "all");
  const newest = selectFirst(isTimed(wanted), counts, [{ field: "lastModified", descending: true }], most);
  // Made once, and not by each of the processes that look up the names.
  const found =
    field === "resourceURN"
      ? sql`select urn as value, 1 as count from (${newest} limit ${most}) as newest`
      : sql`select ${groupedBy(field)} as value, sum(counted.count) as count from ${withGroup(field, counts)} group by 1`;
  const { rows } = await sql<{ name: string; count: number }>`
    with found as materialized (${found})
    select ${nameOf(field)} as name, sum(count)::int as count from found ${namedIn(field, wanted)}
    group by 1 order by 2 desc, 1 limit 1000`.execute(db);
  return rows;
}

/** What findings are counted by at first, so that what it is called is looked up once for all that have it in common. */
function groupedBy(field: Exclude<FilterField, "resourceURN">): RawBuilder<unknown> {
  if (field === "policyGroupName") return sql`score.group_id`;
  if (field === "entityType") return sql`'stack'::text`;
  if (isOfStack(field)) return sql`counted.stack_id`;
  return field === "assignedTo" ? of("assigned_to") : columnOf(field);
}

/** The counts, with what says of which policy group each is if that is the field. */
function withGroup(field: FilterField, counts: RawBuilder<unknown>): RawBuilder<unknown> {
  return field === "policyGroupName"
    ? sql`(select counted.stack_id, counted.pack, counted.count from ${counts}) as counted ${joinScoresOf("counted")}`
    : counts;
}

function columnOf(field: keyof typeof columns | "policyGroupName"): RawBuilder<unknown> {
  return field === "policyGroupName" ? groupName : of(columns[field]);
}

const isOfStack = (field: FilterField) => field === "entityProject" || field === "entityId" || field === "stack";

/** Of rows of `found`. */
function nameOf(field: FilterField): RawBuilder<string> {
  if (field === "policyGroupName") return sql`coalesce(policy_groups.name, '')`;
  if (field === "entityProject") return sql`project`;
  if (field === "stack") return fullName;
  if (field === "entityId") return sql`name`;
  return field === "assignedTo" ? sql`coalesce((select login from users where id = value), '')` : sql`value`;
}

/** Where the names of `found` are, when they are not in it. */
function namedIn(field: FilterField, { organizationId }: Counted): RawBuilder<unknown> {
  if (field === "policyGroupName") return sql`left join policy_groups on policy_groups.id = value`;
  return isOfStack(field) ? sql`join ${stacks} on stack.id = value and organization_id = ${organizationId}` : sql``;
}
