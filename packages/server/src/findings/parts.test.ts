import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack } from "../testing/stack.ts";
import { addCounts } from "./compact.ts";
import { divide, isOfPart, isOfStack } from "./part-queries.ts";
import { countReports, type PolicyCounts } from "./report-queries.ts";

const RESULTS = 6_000;

describe.each(engines)("the parts of a run on $name", (engine) => {
  let t: TestApp;
  let id: string;
  beforeAll(async () => {
    t = await startApp(engine);
    const on = await newStack(t);
    ({ updateID: id } = (await t.send(`POST ${on.path}/update`, {})).body);
    await sql`insert into resource_steps (update_id, sequence, urn, kind)
      select ${id}::uuid, n, 'urn' || n % 900, 'deployed' from generate_series(1, ${RESULTS / 3}::int) as n`.execute(
      t.db,
    );
    await sql`insert into policy_analyses (update_id, sequence, pack, tag, urn, passed, failed)
      select ${id}::uuid, n, 'pets', '1.0.0', case when n % 1000 = 0 then '' else 'urn' || n % 900 end, '{ok}', '{}'
      from generate_series(1, ${RESULTS / 3}::int) as n`.execute(t.db);
    await sql`insert into policy_reports (update_id, sequence, kind, pack, tag, policy, urn, level, severity, message)
      select ${id}::uuid, n, 'violated', 'pets', '1.0.0', 'p' || n % 7, 'urn' || n % 900,
        case when n % 2 = 0 then 'mandatory' else 'advisory' end, 'high', 'm'
      from generate_series(1, ${RESULTS / 3}::int) as n`.execute(t.db);
  });
  afterAll(() => t.close());

  const count = async (table: string, part: { part: number; parts: number }) => {
    const { rows } = await sql<{ urns: string[] }>`
      select coalesce(array_agg(distinct urn), '{}') as urns from ${sql.table(table)}
      where update_id = ${id} and ${isOfPart(table, part)}`.execute(t.db);
    return rows[0]?.urns ?? [];
  };

  test.each([1, 2, 10, 11, 60])("each resource is in one of %i", async (wanted) => {
    const parts = await divide(t.db, id, RESULTS / wanted);
    expect(parts).toBe(wanted);
    for (const table of ["resource_steps", "policy_analyses", "policy_reports"]) {
      const all: string[] = [];
      for (let part = 0; part < parts; part += 1) all.push(...(await count(table, { part, parts })));
      expect(all.length).toBe(new Set(all).size);
      expect(new Set(all).size).toBe(table === "policy_analyses" ? 901 : 900);
    }
  });

  test.each([1, 10, 11, 60])("what is of the whole stack is in every one of %i", async (wanted) => {
    const parts = await divide(t.db, id, RESULTS / wanted);
    for (let part = 0; part < parts; part += 1) {
      const { rows } = await sql`select count(*)::int as count from policy_analyses
        where update_id = ${id} and ${isOfStack("policy_analyses", { part, parts })}`.execute(t.db);
      expect(rows).toEqual([{ count: 2 }]);
    }
  });

  test.each([10, 11, 60])("together %i say what the run says at once", async (wanted) => {
    const parts = await divide(t.db, id, RESULTS / wanted);
    const byPolicy = new Map<string, PolicyCounts>();
    for (let part = 0; part < parts; part += 1) {
      for (const counts of await countReports(t.db, id, { limit: 100, part, parts })) {
        const before = byPolicy.get(counts.policy);
        byPolicy.set(counts.policy, before ? addCounts(before, counts) : counts);
      }
    }
    const whole = await countReports(t.db, id, { limit: 100, part: 0, parts: 1 });
    expect(whole.length).toBe(8);
    for (const counts of whole) expect(byPolicy.get(counts.policy)).toEqual(counts);
  });

  test("one of many is read by an index", async () => {
    const parts = await divide(t.db, id, 100);
    await sql`vacuum analyze resource_steps`.execute(t.db);
    const { rows } = await sql<{ "QUERY PLAN": string }>`
      explain select * from resource_steps
      where update_id = ${id} and ${isOfPart("resource_steps", { part: 7, parts })}`.execute(t.db);
    expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).toContain("resource_steps_of_part");
  });
});
