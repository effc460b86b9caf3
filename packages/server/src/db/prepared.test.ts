import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engines, type TestDatabase } from "../testing/database.ts";
import { prepared } from "./prepared.ts";

describe.each(engines)("statements on $name", (engine) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await engine.fresh();
  });
  afterAll(() => opened.close());

  test("are prepared once by a connection, and only those that say so", async () => {
    await opened.db.transaction().execute(async (db) => {
      for (const value of [1, 2]) {
        const { rows } = await sql`${prepared} select ${value}::int as value`.execute(db);
        expect(rows).toEqual([{ value }]);
      }
      await sql`select ${3}::int as value`.execute(db);
      const { rows } = await sql`
        select statement, (generic_plans + custom_plans)::int as times from pg_prepared_statements`.execute(db);
      expect(rows).toEqual([{ statement: expect.stringMatching(/prepared .* select \$1::int as value/), times: 2 }]);
    });
  });
});
