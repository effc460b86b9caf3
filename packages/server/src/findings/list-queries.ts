import { createHash } from "node:crypto";
import { type Expression, type SqlBool, sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { selectReadable, selectReadableOrRemoved } from "../stacks/index.ts";
import { isDeployed } from "./deployed.ts";
import { conditionIn } from "./filter-queries.ts";
import type { Condition, FilterField, Rows, Sort, SortField } from "./grid.ts";
import { groupNameOf, isOfGroup } from "./group-name.ts";
import { severityOf, severityRank } from "./severity.ts";
import { isWithinTime, type Timed } from "./timed.ts";

/** Queries for the findings of the stacks that the caller may read. */

/** Which findings are meant. */
export interface Wanted extends Timed {
  actor: Actor;
  organizationId: string;
  /** Those that have ended, also of removed stacks, instead of those that have not. Undefined for both. */
  closed?: boolean | undefined;
  /** Those whose violation is deployed: the open ones, and after them the excepted ones. */
  deployed?: boolean;
  where?: Condition;
}

export type Finding = Awaited<ReturnType<typeof listFindings>>[number];

const groupName = groupNameOf("finding");

const fields: Record<FilterField | SortField, Expression<unknown>> = {
  // `mandatory` is after `advisory` in the alphabet, too.
  level: sql`finding.level`,
  severity: sql`finding.severity`,
  priority: sql`finding.priority`,
  // As it is shown: policy-issues.ts.
  status: sql`shown_status(finding.ended, finding.status)`,
  policyPack: sql`finding.pack`,
  policyName: sql`finding.policy`,
  policyGroupName: sql`coalesce(${groupName}, '')`,
  entityType: sql`'stack'::text`,
  entityProject: sql`stack.project`,
  entityId: sql`stack.name`,
  stack: sql`stack.project || '/' || stack.name`,
  resourceType: sql`resource_type(finding.urn)`,
  resourceURN: sql`finding.urn`,
  assignedTo: sql`coalesce(assignee.login, '')`,
  observedAt: sql`finding.last_seen_at`,
  lastModified: sql`finding.modified_at`,
};

const rank = severityRank(sql`finding.severity`);

/** Of rows of `finding`, with its `stack` and `assignee`. */
export const conditionOnFinding = (where: Condition) =>
  conditionIn(where, (field, values) => {
    const any = sql`any(${[...values]}::text[])`;
    // One resource's findings are found by an index.
    if (field === "resourceURN")
      return sql<SqlBool>`(finding.urn_digest = any(${values.map(digest)}::bytea[]) and finding.urn = ${any})`;
    return field === "policyGroupName" ? isOfGroup("finding", values) : sql<SqlBool>`${fields[field]} = ${any}`;
  });

const digest = (urn: string) => createHash("sha256").update(urn).digest();

function selectFindings(db: Db, wanted: Wanted) {
  const { actor, organizationId, closed, deployed = false, where = { all: [] } } = wanted;
  // A removed stack has none that has not ended.
  const readable = closed === false || deployed ? selectReadable(db, actor) : selectReadableOrRemoved(db, actor);
  return readable
    .where("org.id", "=", organizationId)
    .innerJoin("findings as finding", "finding.stack_id", "stack.id")
    .leftJoin("users as assignee", "assignee.id", "finding.assigned_to")
    .where("finding.organization_id", "=", organizationId)
    .$if(closed !== undefined, (query) => query.where("finding.ended", closed ? "is not" : "is", null))
    .$if(deployed, (query) => query.where(isDeployed("finding")))
    .where(isWithinTime(wanted, "finding"))
    .where(conditionOnFinding(where));
}

function sorted(query: ReturnType<typeof selectFindings>, sort: Sort) {
  let ordered = query;
  for (const { field, descending } of sort) {
    const by = field === "severity" ? rank : fields[field];
    ordered = ordered.orderBy(by, descending ? "desc" : "asc");
  }
  return ordered.orderBy("finding.id");
}

/** @param page without `rows`, all. */
export async function listFindings(db: Db, page: Wanted & { sort: Sort; rows?: Rows; ids?: readonly string[] }) {
  const { rows, ids } = page;
  return sorted(selectFindings(db, page), page.sort)
    .leftJoin("updates as shown", "shown.id", "finding.last_seen_update")
    .leftJoin("users as commenter", "commenter.id", "finding.commented_by")
    .$if(ids !== undefined, (query) => query.where("finding.id", "in", [...(ids ?? [])]))
    .$if(rows !== undefined, (query) => query.offset(rows?.start ?? 0).limit(rows?.count ?? 0))
    .select([
      "finding.id",
      "finding.stack_id as stackId",
      "stack.project",
      "stack.name as stack",
      "finding.pack",
      "finding.policy",
      "finding.urn",
      "finding.tag",
      "finding.level",
      "finding.severity",
      "finding.message",
      "finding.status",
      "finding.ended",
      "finding.exceptions",
      "finding.priority",
      "finding.first_seen_at as firstSeen",
      "finding.first_seen_tag as firstTag",
      "finding.last_seen_at as lastSeen",
      "finding.resolved_at as resolved",
      "finding.modified_at as modified",
      "finding.reopened",
      "finding.reason",
      "finding.expires_at as expires",
      "finding.comment",
      "finding.commented_at as commented",
      "commenter.login as commenterLogin",
      "commenter.name as commenterName",
      "finding.withdrawn_by as withdrawnBy",
      sql<boolean>`not exists (select from stacks where stacks.id = finding.stack_id)`.as("stackRemoved"),
      groupName.as("group"),
      "assignee.login as assigneeLogin",
      "assignee.name as assigneeName",
      "shown.version as stackVersion",
    ])
    .execute();
}

/**
 * The ids of all findings in their order, so that they can be read in parts that fit together. One after the other in one text, because a
 * million rows would take ten times the memory, and keep the process from all others while they are read.
 */
export async function readIds(db: Db, wanted: Wanted & { sort: Sort }): Promise<string> {
  const found = sorted(selectFindings(db, wanted), wanted.sort).select("finding.id");
  const { ids } = await db
    .selectNoFrom(sql<string>`array_to_string(array(${found}), '')`.as("ids"))
    .executeTakeFirstOrThrow();
  return ids;
}

/** The ids of the first findings, in their order. */
export async function listFindingIds(db: Db, wanted: Wanted & { sort: Sort; limit: number }) {
  const { limit, deployed = false } = wanted;
  const found = selectFindings(db, wanted).$if(deployed, (query) => query.orderBy(sql`finding.ended is not null`));
  return sorted(found, wanted.sort)
    .limit(limit)
    .select(["finding.id", "finding.pack", "finding.tag as version", "finding.policy"])
    .execute();
}

/** @param most where it stops to count. */
export async function countFindings(db: Db, wanted: Wanted, most: number): Promise<number> {
  const row = await db
    .selectFrom(selectFindings(db, wanted).select("finding.id").limit(most).as("counted"))
    .select(sql<number>`count(*)::int`.as("count"))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** How many violations each policy of a version of a pack has. Those that are ignored, by design or excepted are counted apart. */
export async function countByPolicy(db: Db, wanted: Wanted & { limit: number }) {
  const excepted = sql`finding.ended is not distinct from 'excepted'`;
  const accepted = sql`finding.status in ('ignored', 'by_design') and not ${excepted}`;
  const counts = sql`not (${accepted}) and not ${excepted}`;
  const mandatory = sql`finding.level = 'mandatory'`;
  return selectFindings(db, wanted)
    .groupBy(["finding.pack", "finding.tag", "finding.policy"])
    .orderBy("finding.pack")
    .orderBy("finding.tag")
    .orderBy("finding.policy")
    .limit(wanted.limit)
    .select([
      "finding.pack",
      "finding.tag",
      "finding.policy",
      sql<number>`(count(*) filter (where ${mandatory} and ${counts}))::int`.as("mandatory"),
      sql<number>`(count(*) filter (where not ${mandatory} and ${counts}))::int`.as("advisory"),
      sql<number>`(count(*) filter (where ${accepted}))::int`.as("accepted"),
      sql<number>`(count(*) filter (where ${excepted}))::int`.as("excepted"),
      severityOf(sql`max(${rank})`).as("severity"),
    ])
    .execute();
}

/** The values of a field, the most frequent first, at most 1,000. */
export async function countValues(db: Db, wanted: Wanted & { field: FilterField }) {
  const name = sql<string>`${fields[wanted.field]}`;
  return selectFindings(db, wanted)
    .groupBy(sql`1`)
    .orderBy(sql`2`, "desc")
    .orderBy(sql`1`)
    .limit(1000)
    .select([name.as("name"), sql<number>`count(*)::int`.as("count")])
    .execute();
}
