import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { edit, requirePack } from "../testing/group.ts";
import { policyRun } from "../testing/policy-run.ts";
import { newStack, type TestStack } from "../testing/stack.ts";
import { filterFields, sortFields } from "./grid.ts";
import { openExpired } from "./triage-queries.ts";

const ISSUES = "/api/orgs/acme/policyresults/issues";
const names = ["length", "prefix"];
const policies = names.map((name) => ({ name, description: "d", enforcementLevel: "advisory", message: "m" }));

describe.each(engines)("the counts of findings on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets", policies);
  });
  afterAll(() => t.close());

  async function expectExact(): Promise<number> {
    const columns = sql.raw(
      `organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to, count,
        first_modified_at, last_modified_at, first_seen_at, last_seen_at`,
    );
    const timed = sql.raw(
      `organization_id, stack_id, pack, policy, closed, status, level, severity, priority, resource_type, assigned_to, count,
        first_seen_at, modified_at, last_seen_at, came_back`,
    );
    const { rows } = await sql<{ wrong: number; all: number }>`
      select (select coalesce(sum(count), 0)::int from finding_counts) as all, (select count(*)::int from (
        (select ${columns} from finding_counts except all select ${columns} from counted_findings)
        union all (select ${columns} from counted_findings except all select ${columns} from finding_counts)
      ) as differing) + (select count(*)::int from (
        (select ${timed} from finding_times except all select ${timed} from timed_findings)
        union all (select ${timed} from timed_findings except all select ${timed} from finding_times)
      ) as differing) as wrong`.execute(t.db);
    expect(rows[0]?.wrong).toBe(0);
    return rows[0]?.all ?? 0;
  }

  const changes: [string, (stack: TestStack) => Promise<unknown>][] = [
    ["opened", (stack) => policyRun(stack, { lines: ["rex !length", "tom !length", "kim !length !prefix"] })],
    ["shown again", (stack) => policyRun(stack, { lines: ["rex !length", "tom !length"] })],
    ["fixed", (stack) => policyRun(stack, { lines: ["rex length", "-tom"] })],
    ["opened again", (stack) => policyRun(stack, { lines: ["rex !length"] })],
    ["excepted", (stack) => policyRun(stack, { lines: ["rex ^length", "tom ^length", "kim !length !prefix"] })],
    ["excepted no more", (stack) => policyRun(stack, { lines: ["rex !length", "tom length"] })],
    ["triaged", (stack) => triage(stack, { priority: "p0", assignedTo: "admin" })],
    ["ignored", (stack) => triage(stack, { status: "ignored", reason: "r", expiresAt: "2999-01-01T00:00:00Z" })],
    [
      "expired",
      () =>
        sql`update findings set expires_at = now() where reason = 'r'`.execute(t.db).then(() => openExpired(t.db, 100)),
    ],
    ["withdrawn", () => edit(t, "default-policy-group", { removePolicyPack: { name: "pets", versionTag: "1.0.0" } })],
    ["renamed with their stack", (stack) => t.send(`POST ${stack.path}/rename`, { newName: `${stack.name}-2` })],
  ];

  async function triage(stack: TestStack, body: object) {
    const model = { colId: "entityId", filterType: "text", type: "equals", filter: stack.name };
    const listed = await t.send(`POST ${ISSUES}`, { filterModel: { type: "AND", conditions: [model] } });
    expect((await t.send(`PATCH ${ISSUES}/${listed.body.policyIssues[0].id}`, body)).status).toBe(200);
  }

  test("are exact after each change, also when their stack is gone", async () => {
    const stack = await newStack(t);
    for (const [name, change] of changes) {
      await change(stack);
      expect(await expectExact(), name).toBe(4);
    }
    await t.send(`DELETE ${stack.path}-2?force=true`);
    expect(await expectExact()).toBe(4);
  });

  test("are exact when two transactions change findings of the same removed stack at once", async () => {
    const version = { name: "pets", versionTag: "1.0.0" };
    await edit(t, "default-policy-group", { addPolicyPack: version });
    const stack = await newStack(t);
    await policyRun(stack, { lines: ["rex !length", "tom !length"] });
    await t.send(`DELETE ${stack.path}?force=true`);
    const { rows } = await sql<{ id: string }>`
      select finding.id from findings finding join removed_stacks removed on removed.id = stack_id
      where removed.name = ${stack.name} order by finding.id`.execute(t.db);
    expect(rows).toHaveLength(2);
    const change = (db: typeof t.db, row: { id: string } | undefined) =>
      sql`update findings set priority = 'p1' where id = ${row?.id}`.execute(db);
    let second: Promise<unknown> | undefined;
    await t.db.transaction().execute(async (first) => {
      await change(first, rows[0]);
      // Long enough for it to count, if nothing makes it wait.
      second = change(t.db, rows[1]);
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    await second;
    await expectExact();
    await edit(t, "default-policy-group", { removePolicyPack: version });
    await sql`delete from findings where id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(t.db);
  });

  test("give every page of every order", async () => {
    await sql`
      insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message, priority,
        status, reopened, first_seen_at, first_seen_tag, last_seen_at, modified_at)
      select stack.organization_id, stack.id, 'p' || n % 2, 'q' || n % 5, 'urn:pulumi:s::p::t' || n % 3 || '::' || n,
        sha256(convert_to('urn:pulumi:s::p::t' || n % 3 || '::' || n, 'UTF8')), '1', (array['advisory', 'mandatory'])[1 + n / 20 % 2],
        (array['low', 'high', 'critical', ''])[1 + n % 4], 'm', 'p' || n % 3, (array['open', 'ignored'])[1 + n % 7 / 6], n % 2,
        now() - make_interval(days => n % 3 * 5), '1', now() - make_interval(hours => n * 7 % 5), now() - make_interval(hours => n * 11 % 60)
      from generate_series(1, 60) n, stacks stack where stack.id = (${await stackId()})`.execute(t.db);
    await expectExact();
    for (const field of [...sortFields, "severity,observedAt", "observedAt,lastModified"]) {
      for (const sort of ["asc", "desc"]) {
        const sortModel = field.split(",").map((colId) => ({ colId, sort }));
        const page = async (startRow: number, endRow: number) =>
          (await t.send(`POST ${ISSUES}`, { sortModel, startRow, endRow })).body.policyIssues;
        const all = await page(0, 100);
        const paged = [];
        for (let start = 0; start < 63; start += 9) paged.push(...(await page(start, start + 9)));
        expect(
          paged.map(({ id }) => id),
          `${field} ${sort}`,
        ).toEqual(all.map(({ id }: { id: string }) => id));
        expect(all).toHaveLength(60);
        const keys = all.map((issue: Record<string, string>) => keyOf(issue, field.split(",")));
        expect(keys, `${field} ${sort}`).toEqual(sort === "asc" ? keys.toSorted() : keys.toSorted().reverse());
      }
    }
  });

  test.each([
    ["recent=new", 40],
    ["recent=reopened", 30],
    ["overdue=true", 5],
  ])("give every page and all values of %s", async (which, expected) => {
    const { rows } = await sql<{ urn: string }>`
      select urn from findings where ended is null and modified_at > now() - interval '3 days' and case ${which}::text
        when 'recent=new' then first_seen_at > now() - interval '7 days' when 'recent=reopened' then reopened > 0
        else severity = 'critical' and first_seen_at < now() - interval '7 days' and status = 'open' end`.execute(t.db);
    const urns = new Set(rows.map(({ urn }) => urn));
    expect(urns.size).toBe(expected);
    for (const field of ["severity", "policyName", "lastModified", "severity,observedAt", "observedAt,lastModified"]) {
      for (const sort of ["asc", "desc"]) {
        const sortModel = field.split(",").map((colId) => ({ colId, sort }));
        const paged: Record<string, string>[] = [];
        for (let startRow = 0; startRow < 45; startRow += 15) {
          const { body } = await t.send(`POST ${ISSUES}?${which}`, { sortModel, startRow, endRow: startRow + 15 });
          expect(body.rowCount).toBe(expected);
          paged.push(...body.policyIssues);
        }
        expect(new Set(paged.map(({ resourceURN }) => resourceURN))).toEqual(urns);
        expect(paged).toHaveLength(expected);
        const keys = paged.map((issue) => keyOf(issue, field.split(",")));
        expect(keys, `${field} ${sort}`).toEqual(sort === "asc" ? keys.toSorted() : keys.toSorted().reverse());
      }
    }
    for (const field of filterFields) {
      const { values } = (await t.send(`POST ${ISSUES}/filters?${which}`, { field })).body;
      expect(
        values.reduce((sum: number, { count }: { count: number }) => sum + count, 0),
        field,
      ).toBe(expected);
    }
  });

  const keyOf = (issue: Record<string, string>, fields: string[]) =>
    fields.map((field) => (field === "severity" ? rankOf(issue) : issue[field])).join(" ");
  const rankOf = ({ severity = "" }) => ["", "low", "medium", "high", "critical"].indexOf(severity);

  async function stackId(): Promise<string> {
    const stack = await newStack(t);
    const { rows } = await sql<{ id: string }>`
      select id from stacks where name = ${stack.name}`.execute(t.db);
    return rows[0]?.id ?? "";
  }

  test("of a URN are those of the findings with it", async () => {
    const where = (filter: string) => ({
      filterModel: { type: "AND", conditions: [{ colId: "resourceURN", filterType: "text", type: "equals", filter }] },
    });
    const urn = "urn:pulumi:s::p::t1::7";
    expect((await t.send(`POST ${ISSUES}`, where(urn))).body).toMatchObject({
      rowCount: 1,
      policyIssues: [{ resourceURN: urn }],
    });
    const values = await t.send(`POST ${ISSUES}/filters`, { field: "resourceType", ...where(urn) });
    expect(values.body.values).toEqual([{ name: "t1", count: 1 }]);
    expect((await t.send(`POST ${ISSUES}/filters`, { field: "resourceURN" })).body.values).toHaveLength(60);
  });
});
