import { type Expression, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { selectReadable } from "../stacks/index.ts";
import { conditionIn } from "./filter-queries.ts";
import type { Condition, Rows, Sort } from "./grid.ts";
import type { OfCaller } from "./score-queries.ts";
import { worstSeverity } from "./severity.ts";

/** What policies of packs are filtered by, and sorted by. */
export const policyFilterFields = [
  "policyPack",
  "policyName",
  "policyGroupName",
  "policyGroupType",
  "severity",
] as const;
export const policySortFields = [...policyFilterFields, "governedResources", "failingResources"] as const;
export type PolicyFilterField = (typeof policyFilterFields)[number];
export type PolicySortField = (typeof policySortFields)[number];

const fields: Record<PolicySortField, Expression<unknown>> = {
  policyPack: sql`counted.pack`,
  policyName: sql`counted.policy`,
  policyGroupName: sql`counted.group_name`,
  policyGroupType: sql`counted.group_mode`,
  severity: sql`counted.severity`,
  governedResources: sql`counted.governed`,
  failingResources: sql`counted.failing`,
};

export type PolicyRow = Omit<Awaited<ReturnType<typeof listPolicyRows>>[number], "all">;

/**
 * Each policy with each group because of which stacks must run it, counted over the stacks that the caller may read. A stack in
 * two groups that have the pack is counted for the one whose entry counts.
 */
function selectPolicyRows(
  db: Db,
  { actor, organizationId, where }: OfCaller & { where: Condition<PolicyFilterField> },
) {
  const counted = selectReadable(db, actor)
    .where("org.id", "=", organizationId)
    .innerJoin("pack_scores as score", "score.stack_id", "stack.id")
    .innerJoin("policy_scores as policy", (join) =>
      join.onRef("policy.stack_id", "=", "score.stack_id").onRef("policy.pack", "=", "score.pack"),
    )
    .innerJoin("policy_groups as group", "group.id", "score.group_id")
    .where("score.broken", "=", false)
    .where("score.withdrawn", "=", false)
    .groupBy(["group.name", "group.mode", "policy.pack", "policy.policy"])
    .select([
      "group.name as group_name",
      "group.mode as group_mode",
      "policy.pack",
      "policy.policy",
      worstSeverity(sql`policy.severity`).as("severity"),
      sql<number>`sum(policy.governed)::int`.as("governed"),
      sql<number>`sum(policy.failing)::int`.as("failing"),
      sql<boolean>`bool_or(policy.state in ('fails', 'excepted'))`.as("fails"),
      sql<boolean>`bool_or(policy.state <> 'not-exercised')`.as("exercised"),
    ]);
  return db
    .selectFrom(counted.as("counted"))
    .where(conditionIn(where, (field, values) => sql`${fields[field]} = any(${[...values]}::text[])`));
}

export async function listPolicyRows(
  db: Db,
  page: OfCaller & { where: Condition<PolicyFilterField>; sort: Sort<PolicySortField>; rows: Rows },
) {
  let query = selectPolicyRows(db, page);
  for (const { field, descending } of page.sort) query = query.orderBy(fields[field], descending ? "desc" : "asc");
  return (
    query
      .orderBy("counted.pack")
      .orderBy("counted.policy")
      .orderBy("counted.group_name")
      .offset(page.rows.start)
      .limit(page.rows.count)
      .selectAll()
      // Of all pages.
      .select(sql<number>`(count(*) over ())::int`.as("all"))
      .execute()
  );
}

export async function countPolicyRows(
  db: Db,
  wanted: OfCaller & { where: Condition<PolicyFilterField> },
): Promise<number> {
  const { count } = await selectPolicyRows(db, wanted)
    .select(sql<number>`count(*)::int`.as("count"))
    .executeTakeFirstOrThrow();
  return count;
}
