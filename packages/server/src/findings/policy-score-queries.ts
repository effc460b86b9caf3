import type { GroupMode } from "@quillon/contract";
import { type Expression, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { type OfCaller, readableBlocks, selectSums } from "./block-queries.ts";
import { conditionIn } from "./filter-queries.ts";
import type { Condition, Rows, Sort } from "./grid.ts";
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

interface CountedPolicy {
  group_name: string;
  group_mode: GroupMode;
  pack: string;
  policy: string;
  severity: string;
  governed: number;
  failing: number;
  fails: boolean;
  exercised: boolean;
}

export type PolicyRow = Omit<Awaited<ReturnType<typeof listPolicyRows>>[number], "all">;

/**
 * Each policy with each group because of which stacks must run it, counted over the stacks that the caller may read. A stack in
 * two groups that have the pack is counted for the one whose entry counts.
 */
function selectPolicyRows(db: Db, { where, ...caller }: OfCaller & { where: Condition<PolicyFilterField> }) {
  // Of a pack that is broken in all stacks there is no policy.
  const counted = sql<CountedPolicy>`(
    with ${readableBlocks(db, caller)}
    select policy_groups.name as group_name, policy_groups.mode as group_mode, sums.pack, sums.name as policy,
      ${worstSeverity(sql`sums.severity`)} as severity, sum(governed)::int as governed,
      sum(governed - clean)::int as failing, sum(passing) < sum(policies) as fails,
      sum(not_exercised) < sum(policies) as exercised
    from (${selectSums("policy")}) as sums join policy_groups on policy_groups.id = sums.group_id
    group by 1, 2, 3, 4 having sum(policies) > 0)`;
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
