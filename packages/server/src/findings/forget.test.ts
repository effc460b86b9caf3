import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { daysAgo } from "../db/time.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { requirePack } from "../testing/group.ts";
import { untilWaiting } from "../testing/locks.ts";
import { policyRun } from "../testing/policy-run.ts";
import { newStack, type TestStack } from "../testing/stack.ts";
import { forgetSources } from "./settle-queries.ts";

describe.each(engines)("predictions on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets");
  });
  afterAll(() => t.close());

  const predicted = async () => (await t.send("GET /api/quillon/orgs/acme/predictions")).body.predictions;

  test.each([
    { age: 15, keep: {}, left: 0 },
    { age: 13, keep: {}, left: 1 },
    { age: 15, keep: { predictionsDays: 16 }, left: 1 },
    { age: 5, keep: { predictionsDays: 4 }, left: 0 },
  ])("of $age days ago, kept as $keep says, $left are left", async ({ age, keep, left }) => {
    await t.db.deleteFrom("predictions").execute();
    await policyRun(await newStack(t), { dryRun: true, lines: ["rex !length"] });
    expect(await predicted()).toHaveLength(1);
    await t.db
      .updateTable("predictions")
      .set({ last_seen_at: daysAgo(age) })
      .execute();
    await t.compact(keep);
    expect(await predicted()).toHaveLength(left);
  });

  test("of many branches those of the newest are kept, as many as may be, and the newest whatever it predicts", async () => {
    await t.db.deleteFrom("predictions").execute();
    const [on, other] = [await newStack(t), await newStack(t)];
    const preview = async (stack: TestStack, branch: string, lines: string[]) => {
      await policyRun(stack, { dryRun: true, lines });
      await t.db.updateTable("predictions").set({ source: branch }).where("source", "=", "").execute();
    };
    await preview(other, "branch:x", ["rex !length"]);
    for (const branch of ["a", "b", "c"]) await preview(on, `branch:${branch}`, ["rex !length", "tom !length"]);
    const { id } = (await t.send(`GET ${on.path}`)).body;
    const sources = async () => (await predicted()).map(({ source }: { source: string }) => source.slice(-1)).sort();
    for (const [most, left] of [
      [6, "aabbccx"],
      [5, "bbccx"],
      [4, "bbccx"],
      [1, "ccx"],
    ] as const) {
      await forgetSources(t.db, id, most);
      expect((await sources()).join("")).toBe(left);
    }
  });
});

describe.each(engines)("what has ended long ago on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets");
  });
  afterAll(() => t.close());

  test("is removed of findings as the server is told, and open ones stay however old they are", async () => {
    const on = await newStack(t);
    await policyRun(on, { lines: ["rex !length", "tom !length"] });
    await policyRun(on, { lines: ["rex length"] });
    await t.db
      .updateTable("findings")
      .set({ first_seen_at: daysAgo(900), last_seen_at: daysAgo(800) })
      .execute();
    await t.db
      .updateTable("findings")
      .set({ resolved_at: daysAgo(401) })
      .where("ended", "is not", null)
      .execute();
    const left = async () =>
      (await t.db.selectFrom("findings").select("ended").execute()).map(({ ended }) => ended).sort();
    for (const keep of [{}, { findingsDays: 402 }]) {
      await t.compact(keep);
      expect(await left()).toEqual(["fixed", null]);
    }
    await t.compact({ findingsDays: 400 });
    expect(await left()).toEqual([null]);
  });

  if (engine.name === "PostgreSQL")
    test("waits for whoever changes the stack, and has locked nothing that they need", async () => {
      const on = await newStack(t);
      await policyRun(on, { lines: ["rex !length"] });
      await policyRun(on, { lines: ["rex length"] });
      await t.db
        .updateTable("findings")
        .set({ resolved_at: daysAgo(401) })
        .where("ended", "=", "fixed")
        .execute();
      const both = await t.db.transaction().execute(async (db) => {
        await db.selectFrom("stacks").where("name", "=", on.name).select("id").forNoKeyUpdate().execute();
        const forgotten = t.compact({ findingsDays: 400 });
        await untilWaiting(t, 1);
        await db.selectFrom("findings").where("ended", "=", "fixed").select("id").forUpdate().noWait().execute();
        return { forgotten };
      });
      await both.forgotten;
      expect(await t.db.selectFrom("findings").where("ended", "=", "fixed").select("id").execute()).toEqual([]);
    });

  test("is removed of removed stacks when their last finding is", async () => {
    const on = await newStack(t);
    await policyRun(on, { lines: ["rex !length"] });
    await t.send(`DELETE ${on.path}`);
    const left = () => t.db.selectFrom("removed_stacks").select("name").execute();
    await t.compact({ findingsDays: 400 });
    expect(await left()).toEqual([{ name: on.name }]);
    await t.db
      .updateTable("findings")
      .set({ resolved_at: daysAgo(401) })
      .where("ended", "=", "withdrawn")
      .execute();
    await t.compact({ findingsDays: 400 });
    expect(await left()).toEqual([]);
  });

  test("is removed of the scores of days, and no day is scored twice", async () => {
    await policyRun(await newStack(t), { lines: ["rex !length"] });
    await t.upkeep();
    await sql`insert into scored_days (day) select (now() at time zone 'UTC')::date - age from unnest(array[399, 401]) as age`.execute(
      t.db,
    );
    await sql`
      insert into score_days (day, organization_id, stack_id, pack, tag, passing, policies, governed, clean)
      select scored_days.day, organization_id, stack_id, pack, tag, passing, policies, governed, clean
      from score_days cross join scored_days where scored_days.day < score_days.day`.execute(t.db);
    await sql`
      insert into resource_days (day, organization_id, stack_id, governed, clean)
      select scored_days.day, organization_id, stack_id, governed, clean
      from resource_days cross join scored_days where scored_days.day < resource_days.day`.execute(t.db);
    const ages = async (table: "score_days" | "resource_days") => {
      const { rows } = await sql<{ age: number }>`
        select distinct (now() at time zone 'UTC')::date - day as age from ${sql.table(table)} order by age`.execute(
        t.db,
      );
      return rows.map(({ age }) => age);
    };
    const both = async () => [await ages("score_days"), await ages("resource_days")];
    await t.compact();
    expect(await both()).toEqual([
      [0, 399, 401],
      [0, 399, 401],
    ]);
    await t.compact({ findingsDays: 400 });
    expect(await both()).toEqual([
      [0, 399],
      [0, 399],
    ]);
    expect(await t.db.selectFrom("scored_days").select("day").execute()).toHaveLength(3);
  });
});
