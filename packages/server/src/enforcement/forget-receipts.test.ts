import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { requirePack } from "../testing/group.ts";
import { policyRun } from "../testing/policy-run.ts";
import { newStack, type TestStack } from "../testing/stack.ts";

const KEEP = { receiptsDays: 400 };

describe.each(engines)("old receipts on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets");
  });
  afterAll(() => t.close());

  const stackPath = (on: TestStack) => `/api/quillon/orgs/acme/stacks/web/${on.name}`;

  /** Runs these in order, and lets all end so many days ago. `!` is a run whose packs analysed nothing. */
  async function withRuns(runs: readonly string[], age: number): Promise<TestStack> {
    const on = await newStack(t);
    for (const run of runs) {
      const [kind = "", dryRun] = run.replace("!", "").split(" ");
      const lines = run.startsWith("!") ? [] : ["stack few", "rex length"];
      await policyRun(on, { kind, dryRun: dryRun === "dry", lines });
      // The events of a test's run lack the last one, so that no receipt would be complete.
      if (!run.startsWith("!"))
        await t.db
          .updateTable("receipts")
          .set({ status: "complete" })
          .where("stack", "=", on.name)
          .where("kind", "in", ["update", "preview"])
          .where("update_id", "=", (of) =>
            of
              .selectFrom("receipts as last")
              .where("last.stack", "=", on.name)
              .orderBy("last.ended_at", "desc")
              .limit(1)
              .select("last.update_id"),
          )
          .execute();
    }
    await sql`
      update receipts set ended_at = ended_at - make_interval(days => ${age}) where stack = ${on.name}`.execute(t.db);
    await sql`
      update updates set created_at = created_at - make_interval(days => ${age})
      from receipts where update_id = updates.id and stack = ${on.name}`.execute(t.db);
    return on;
  }

  async function receipts(on: TestStack): Promise<string[]> {
    const rows = await t.db
      .selectFrom("receipts")
      .where("stack", "=", on.name)
      .orderBy("ended_at")
      .select(["kind", "dry_run", "status"])
      .execute();
    return rows.map(({ kind, dry_run, status }) => [kind, dry_run && "dry", status].filter(Boolean).join(" "));
  }

  const all = ["update", "update dry", "update", "preview dry", "destroy", "update"];

  test.each([
    { age: 401, keep: {}, left: 6 },
    { age: 399, keep: KEEP, left: 6 },
    { age: 401, keep: KEEP, left: 4 },
    { age: 401, keep: { receiptsDays: 402 }, left: 6 },
  ])("of $age days ago, kept as $keep says, $left are left", async ({ age, keep, left }) => {
    const on = await withRuns(all, age);
    const before = await receipts(on);
    await t.compact(keep);
    expect(await receipts(on)).toEqual(left === 6 ? before : [before[1], ...before.slice(3)]);
  });

  test.each([
    { runs: ["update", "!update", "!update"], stopped: true, streak: undefined },
    { runs: ["!update", "update", "update"], stopped: false, streak: undefined },
    { runs: ["!update", "preview dry"], stopped: false, streak: undefined },
    { runs: ["!update", "update", "!update", "!update", "update dry", "!update", "destroy"], stopped: true, streak: 3 },
  ])("what a stack with the old runs $runs must do next is the same after it", async ({ runs, stopped, streak }) => {
    await t.send("PUT /api/quillon/orgs/acme/receipt-rule", { required: false });
    const on = await withRuns(runs, 500);
    await t.send("PUT /api/quillon/orgs/acme/receipt-rule", { required: true });
    const state = async () => (await t.send(`GET ${stackPath(on)}/receipt-state`)).body;
    const before = await state();
    expect([before.stoppedBy !== undefined, before.withoutCompleteReceipt?.updates]).toEqual([stopped, streak]);
    await t.compact(KEEP);
    expect(await state()).toEqual(before);
    await t.compact(KEEP);
    expect(await state()).toEqual(before);
  });

  test("those of a stack that is gone are removed when they are old", async () => {
    const [young, old] = [await withRuns(["update"], 100), await withRuns(["update"], 401)];
    for (const on of [young, old]) expect((await t.send(`DELETE ${on.path}?force=true`)).status).toBeLessThan(300);
    await t.compact(KEEP);
    expect([await receipts(young), await receipts(old)]).toEqual([[expect.any(String)], []]);
  });
});
