import { type RawBuilder, sql } from "kysely";
import { worstSeverity } from "./severity.ts";

/** How the scores of stacks are counted together, in SQL. */

export const summedKinds = ["pack", "policy", "severity", "framework"] as const;
/** By what scores are counted: each pack, or its policies by name, by severity, by framework. */
export type SummedKind = (typeof summedKinds)[number];

/** What is counted: its column, what a pack of a stack has of it, and what one of its policies has. */
const counted = {
  policies: { column: "policies", pack: sql`score.policies`, policy: sql`1` },
  passing: {
    column: "passing",
    pack: sql`score.passing`,
    policy: sql`(policy.state not in ('fails', 'excepted'))::int`,
  },
  notExercised: {
    column: "not_exercised",
    pack: sql`score.not_exercised`,
    policy: sql`(policy.state = 'not-exercised')::int`,
  },
  excepted: { column: "excepted", pack: sql`score.excepted`, policy: sql`(policy.state = 'excepted')::int` },
  governed: { column: "governed", pack: sql`score.governed`, policy: sql`policy.governed` },
  clean: { column: "clean", pack: sql`score.clean`, policy: sql`(policy.governed - policy.failing)` },
  exceptedResources: {
    column: "excepted_resources",
    pack: sql`score.excepted_resources`,
    policy: sql`policy.excepted`,
  },
} satisfies Record<string, { column: string } & Record<"pack" | "policy", RawBuilder<unknown>>>;
export type Count = keyof typeof counted | "stacks" | "stale" | "broken";

const countedColumns = Object.values(counted).map(({ column }) => column);
const each = (write: (column: RawBuilder<unknown>) => RawBuilder<unknown>) =>
  sql.join(countedColumns.map((column) => sql`${write(sql.ref(column))} as ${sql.ref(column)}`));
const countsOf = (row: "pack" | "policy") =>
  sql.join(Object.values(counted).map((count) => sql`${count[row]} as ${sql.ref(count.column)}`));

export const sumColumns = sql.join(
  [
    ...["name", "pack", "tag", "group_id", "severity", "evaluated", "stacks", "stale", "broken"],
    ...countedColumns,
    "fails",
  ].map((column) => sql.ref(column)),
);

const allCounts: [name: string, column: string][] = [
  ...["stacks", "stale", "broken"].map((column): [string, string] => [column, column]),
  ...Object.entries(counted).map(([name, { column }]): [string, string] => [name, column]),
];

/** The counts of several rows of `sumColumns`, as one: with the names of their columns, or with those that they have in a `Score`. */
export const totals = sql.join(allCounts.map(([, column]) => sql`sum(${sql.ref(column)})::int as ${sql.ref(column)}`));
export const namedTotals = sql.join(
  allCounts.map(([name, column]) => sql`sum(${sql.ref(column)})::int as ${sql.ref(name)}`),
);

const ofScore = sql`score.pack, score.tag, score.evaluated_at as evaluated, score.stale, score.broken`;
const ofStack = sql`score.stack_id = stack.id and not score.withdrawn`;

/** A row for each pack of `stack`. */
export const eachPack = (name: RawBuilder<unknown>) => sql`
  select ${name} as name, ${ofScore}, ${countsOf("pack")}
  from pack_scores score where ${ofStack}`;

const eachPolicy = (kind: Exclude<SummedKind, "pack">) => sql`
  select policy.${sql.ref(kind)} as name, ${ofScore}, score.group_id, policy.severity,
    policy.state in ('fails', 'excepted') as fails, ${countsOf("policy")}
  from pack_scores score join policy_scores policy on policy.stack_id = score.stack_id and policy.pack = score.pack
  where ${ofStack} ${kind === "framework" ? sql`and policy.framework <> ''` : sql``}`;

/**
 * A row for each pack or policy of the stacks whose ids `stacks` selects. The database finds each stack by an index, because it
 * can't know how few they are.
 */
export const eachOf = (kind: SummedKind, stacks: RawBuilder<unknown>) => sql`
  select stack.id as stack_id, score.* from (${stacks}) as stack cross join lateral (
    ${kind === "pack" ? eachPack(sql`''`) : eachPolicy(kind)} offset 0) as score`;

/**
 * Counts such rows by name, pack and tag. A stack has several policies of one severity, and counts once. So it is made one row
 * first, which is many times faster than to count what is distinct.
 */
export function selectCounted(rows: RawBuilder<unknown>, kind: SummedKind) {
  const once =
    kind === "severity" || kind === "framework"
      ? sql`
        select name, pack, tag, evaluated, stale, broken, ${each((column) => sql`sum(${column})`)}
        from (${rows}) as score group by stack_id, name, pack, tag, evaluated, stale, broken`
      : rows;
  const ofPolicies =
    kind === "policy"
      ? sql`group_id, coalesce(${worstSeverity(sql`case when not broken then severity end`)}, '') as severity,
        bool_or(fails) as fails`
      : sql`null::uuid as group_id, '' as severity, false as fails`;
  return sql`
    select name, pack, tag, min(evaluated) as evaluated, count(*)::int as stacks,
      (count(*) filter (where stale))::int as stale, (count(*) filter (where broken))::int as broken,
      ${each((column) => sql`coalesce(sum(${column}) filter (where not broken), 0)::int`)}, ${ofPolicies}
    from (${once}) as score group by name, pack, tag ${kind === "policy" ? sql`, group_id` : sql``}`;
}
