import { rankOfSeverity } from "@quillon/contract";
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack } from "../testing/stack.ts";
import type { Condition } from "./grid.ts";
import { type FindingGroup, groupKey, listFindingGroups } from "./group-queries.ts";
import type { Counted } from "./page-queries.ts";

const severities = ["", "low", "high", "critical", "odd"];
const statuses = ["open", "in_progress", "ignored"];
const look = {
  policy: fc.constantFrom("p/a", "p/b", "q/a"),
  severity: fc.constantFrom(...severities),
  level: fc.constantFrom("advisory", "mandatory"),
  status: fc.constantFrom(...statuses),
  /** Since it was first seen. */
  days: fc.constantFrom(1, 20, 200),
  cameBack: fc.boolean(),
};
const stack = fc.nat(3);
// Some are the stack's own, some have the separator of URNs in their names.
const resource = fc.constantFrom("t::a", "t::b", "u$t::ä", "t::a::b", "pulumi:pulumi:Stack::own");
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ verb: fc.constant("show" as const), stack, resource, ...look }) },
    fc.record({ verb: fc.constant("change" as const), stack, ...look }),
    fc.record({ verb: fc.constant("fix" as const), stack, resource }),
    fc.record({ verb: fc.constant("forget" as const), stack }),
    fc.record({ verb: fc.constant("rename" as const), stack }),
  ),
  { minLength: 10, maxLength: 40 },
);
type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never;

interface Row {
  stackId: string;
  stack: string;
  project: string;
  pack: string;
  policy: string;
  urn: string;
  severity: string;
  level: string;
  status: string;
  closed: boolean;
  days: number;
  cameBack: boolean;
}

const all: Condition = { all: [] };
const isOverdue = ({ closed, status, severity, days }: Row) =>
  !closed && status !== "ignored" && ((severity === "critical" && days > 7) || (severity === "low" && days > 180));

const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** What is asked for, and whether a finding is meant. */
const filtersOf = (
  of: string,
): [wanted: Pick<Counted, "where" | "recent" | "overdue">, fits: (row: Row) => boolean][] => [
  [{ where: all }, () => true],
  [
    {
      where: {
        any: [
          { field: "severity", value: "high" },
          { field: "severity", value: "odd" },
        ],
      },
    },
    (row) => row.severity === "high" || row.severity === "odd",
  ],
  [{ where: { field: "status", value: "open" } }, (row) => row.status === "open"],
  [
    {
      where: {
        all: [
          { field: "policyPack", value: "p" },
          { field: "entityProject", value: "web" },
        ],
      },
    },
    (row) => row.pack === "p" && row.project === "web",
  ],
  [{ where: { field: "policyName", value: "a" } }, (row) => row.policy === "a"],
  [{ where: all, recent: { kind: "new", since: ago(7) } }, ({ days }) => days < 7],
  [{ where: all, recent: { kind: "reopened", since: ago(7) } }, ({ cameBack }) => cameBack],
  [
    {
      where: { field: "policyPack", value: "p" },
      overdue: { critical: ago(7), high: null, medium: ago(90), low: ago(180) },
    },
    (row) => row.pack === "p" && isOverdue(row),
  ],
  [{ where: { field: "resourceURN", value: of } }, ({ urn }) => urn === of],
];

const rankOf = ({ level, severity }: Row) => (level === "mandatory" ? 10 : 0) + rankOfSeverity(severity);
const placeOf = ({ project, pack, policy }: Row) => JSON.stringify([project, pack, policy]);
const resourceOf = ({ urn }: Row) => {
  const rest = urn.split("::").slice(2).join("::");
  return rest.startsWith("pulumi:pulumi:Stack::") ? "pulumi:pulumi:Stack::" : rest;
};

/** The keys of all groups in their order, counted afresh. */
function groupsOf(rows: Row[]) {
  const alike = new Map<string, [Row, ...Row[]]>();
  for (const row of rows) {
    const key = JSON.stringify([placeOf(row), resourceOf(row)]);
    alike.set(key, [row, ...(alike.get(key) ?? [])]);
  }
  const groups = [...alike.values()].map((same) => {
    const [first] = same;
    const rank = Math.max(...same.map(rankOf));
    const { project, pack, policy } = first;
    const alike = rows.filter((row) => row.pack === pack && row.policy === policy && rankOf(row) === rank);
    const most = alike.filter((row) => row.project === project).length;
    const stacks = new Set(same.map((row) => row.stackId)).size;
    return [rank, alike.length, pack, policy, most, project, stacks, resourceOf(first)];
  });
  const before = (a: unknown, b: unknown) =>
    typeof a === "number" ? (b as number) - a : String(a) < String(b) ? -1 : Number(String(a) > String(b));
  return groups.toSorted((a, b) => a.map((value, n) => before(value, b[n])).find((order) => order !== 0) ?? 0);
}

describe.each(engines)("groups of findings on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  async function take(stackId: string, step: Step): Promise<unknown> {
    if (step.verb === "forget")
      return sql`delete from findings where stack_id = ${stackId} and ended = 'fixed'`.execute(t.db);
    if (step.verb === "rename")
      return sql`update stacks set name = name || 'x', project = 'moved' where id = ${stackId}`.execute(t.db);
    if (step.verb === "fix")
      return sql`update findings set ended = 'fixed' where stack_id = ${stackId} and urn like ${`%::${step.resource}`}`.execute(
        t.db,
      );
    const [pack, policy] = step.policy.split("/");
    const { severity, level, status, days, cameBack } = step;
    const reopened = Number(cameBack);
    if (step.verb === "change")
      return sql`
        update findings set severity = ${severity}, level = ${level}, status = ${status}, reopened = ${reopened},
          first_seen_at = now() - make_interval(days => ${days})
        where stack_id = ${stackId} and pack = ${pack} and policy = ${policy}`.execute(t.db);
    return sql`
      insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message, status, reopened,
        first_seen_at, first_seen_tag, last_seen_at, modified_at)
      select organization_id, id, ${pack}, ${policy}, urn, sha256(convert_to(urn, 'UTF8')), '1', ${level}, ${severity}, 'm',
        ${status}, ${reopened}, now() - make_interval(days => ${days}), '1', now(), now()
      from stacks cross join lateral (select 'urn:pulumi:' || name || '::' || project || '::' || ${step.resource}::text as urn) made
      where id = ${stackId}
      on conflict (stack_id, pack, policy, urn_digest) do update
        set level = excluded.level, severity = excluded.severity, status = excluded.status, ended = null`.execute(t.db);
  }

  const listRows = async () =>
    (
      await sql<Row>`
        select stack_id as "stackId", stacks.name as stack, project, pack, policy, urn, severity, level,
          shown_status(ended, status) as status, ended is not null as closed,
          extract(day from now() - first_seen_at)::int as days, reopened > 0 as "cameBack"
        from findings join stacks on stacks.id = stack_id`.execute(t.db)
    ).rows;

  /** All pages. */
  async function list(wanted: Omit<Parameters<typeof listFindingGroups>[1], "limit">, limit: number) {
    const seen: FindingGroup[] = [];
    for (;;) {
      const last = seen.at(-1);
      const after = last && groupKey.map((key) => String(last[key]));
      const page = await listFindingGroups(t.db, { ...wanted, after, limit });
      expect(page.length).toBeLessThanOrEqual(limit);
      seen.push(...page);
      if (page.length < limit) break;
    }
    return seen.map(({ worst, total, pack, policy, most, project, stacks, resource }) => [
      0 - worst,
      0 - total,
      pack,
      policy,
      0 - most,
      project,
      stacks,
      resource,
    ]);
  }

  test("are what a count afresh says after any changes, also at the same time", async () => {
    let nonEmpty = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(1, 3, 50), fc.constantFrom(1, 10_000), async (sequence, limit, few) => {
        const made = await Promise.all([0, 1, 2, 3].map(() => newStack(t)));
        await sql`update stacks set project = 'shop' where name = ${made[3]?.name}`.execute(t.db);
        const { rows: stacks } = await sql<{ id: string; organizationId: string }>`
          select id, organization_id as "organizationId" from stacks order by created_at`.execute(t.db);
        const ids = stacks.map(({ id }) => id);
        await Promise.all(
          ids.map(async (id, n) => {
            for (const step of sequence) if (step.stack === n) await take(id, step);
          }),
        );
        const rows = await listRows();
        for (const [what, fits] of filtersOf(rows[0]?.urn ?? ""))
          for (const closed of [false, true])
            for (const stackIds of [undefined, ids.slice(1), ids.slice(0, 1)]) {
              const meant = rows.filter(
                (row) => row.closed === closed && fits(row) && (stackIds ?? ids).includes(row.stackId),
              );
              const wanted = { organizationId: stacks[0]?.organizationId ?? "", stackIds, closed, few, ...what };
              const listed = await list(wanted, limit);
              expect(listed, JSON.stringify({ what, closed, stackIds: stackIds?.length })).toEqual(groupsOf(meant));
              if (listed.length > 0) nonEmpty += 1;
            }
        await sql`delete from findings`.execute(t.db);
        await sql`delete from stacks`.execute(t.db);
      }),
      { numRuns: 3 },
    );
    expect(nonEmpty).toBeGreaterThan(30);
  });
});
