import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack } from "../testing/stack.ts";
import { inPart } from "./settle-queries.ts";

describe.each(engines)("the parts of a run on $name", (engine) => {
  let t: TestApp;
  let id: string;
  beforeAll(async () => {
    t = await startApp(engine);
    const on = await newStack(t);
    ({ updateID: id } = (await t.send(`POST ${on.path}/update`, {})).body);
    await sql`insert into resource_steps (update_id, sequence, urn, kind)
      select ${id}::uuid, n, 'urn' || n, 'deployed' from generate_series(1, 20000) as n`.execute(t.db);
  });
  afterAll(() => t.close());

  test.each([1, 2, 10, 11, 50, 200])("each resource is in one of %i", async (parts) => {
    const all = Array.from({ length: parts }, (_, part) => sql`(${inPart("urn", { part, parts })})::int`);
    const { rows } = await sql`select ${sql.join(all, sql` + `)} as count, count(*)::int as resources
      from resource_steps where update_id = ${id} group by 1`.execute(t.db);
    expect(rows).toEqual([{ count: 1, resources: 20_000 }]);
  });

  test("one of many is read by an index", async () => {
    const part = inPart("urn", { part: 7, parts: 50 });
    const { rows } = await sql<{ "QUERY PLAN": string }>`
      explain select * from resource_steps where update_id = ${id} and ${part}`.execute(t.db);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).toContain("resource_steps_parts");
    expect(plan).not.toContain("Filter");
  });
});
