import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { requirePack } from "../testing/group.ts";
import { policyRun } from "../testing/policy-run.ts";
import { newStack } from "../testing/stack.ts";

const TABLES = ["engine_events", "policy_reports", "policy_analyses", "resource_steps"];

describe.each(engines)("the events of a removed stack on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets", [{ name: "length", description: "d", enforcementLevel: "advisory", message: "m" }]);
  });
  afterAll(() => t.close());

  async function counts(): Promise<number[]> {
    const all: number[] = [];
    for (const table of TABLES) {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}`.execute(
        t.db,
      );
      all.push(rows[0]?.count ?? 0);
    }
    return all;
  }

  test("are out of reach with it and are removed later, because there may be millions; others stay", async () => {
    const [kept, removed] = [await newStack(t), await newStack(t)];
    await policyRun(kept, { lines: ["rex !length"] });
    const before = await counts();
    expect(Math.min(...before)).toBeGreaterThan(0);
    await policyRun(removed, { lines: ["rex !length", "tom length"] });
    const all = await counts();
    expect(all).not.toEqual(before);
    expect((await t.send(`DELETE ${removed.path}?force=true`)).status).toBe(200);
    expect(await counts()).toEqual(all);
    await t.compact({ eventsDays: undefined });
    expect(await counts()).toEqual(before);
    expect(await t.db.selectFrom("removed_updates").selectAll().execute()).toEqual([]);
  });
});
