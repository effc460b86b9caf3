import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseXml } from "@rgrove/parse-xml";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compact } from "../actions/compact.ts";
import { daysAgo } from "../db/time.ts";
import { readSettings } from "../settings.ts";
import { sweepUpdateBlobs } from "../state/index.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { requirePack } from "../testing/group.ts";
import { policyRun } from "../testing/policy-run.ts";
import { newStack, type TestStack, type TestUpdate } from "../testing/stack.ts";
import { addCounts } from "./compact.ts";

const TABLES = ["engine_events", "policy_reports", "policy_analyses", "resource_steps"] as const;

describe.each(engines)("runs that are compacted on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets", [
      { name: "length", description: "Long names.", enforcementLevel: "advisory", severity: "high", message: "m" },
      { name: "prefix", description: "d", enforcementLevel: "advisory", message: "m" },
    ]);
  });
  afterAll(() => t.close());

  /** Its newest run, which then ended so many days ago. */
  async function newest(on: TestStack, age: number): Promise<string> {
    const { id } = await t.db
      .selectFrom("updates")
      .innerJoin("stacks", "stacks.id", "updates.stack_id")
      .where("stacks.name", "=", on.name)
      .orderBy("updates.created_at", "desc")
      .select("updates.id")
      .executeTakeFirstOrThrow();
    await t.db
      .updateTable("updates")
      .set({ ended_at: daysAgo(age) })
      .where("id", "=", id)
      .execute();
    return id;
  }

  /** How many rows of each table the run has. */
  async function rows(id: string): Promise<number[]> {
    const counts: number[] = [];
    for (const table of TABLES)
      counts.push((await t.db.selectFrom(table).where("update_id", "=", id).select("sequence").execute()).length);
    return counts;
  }

  const results = (on: TestStack, update: string, query = "") =>
    t.send(`GET /api/quillon/orgs/acme/stacks/web/${on.name}/updates/${update}/results${query}`);

  test.each([
    { age: 91, kind: "update", dryRun: false, left: [0, 0, 0, 0] },
    { age: 91, kind: "update", dryRun: true, left: [0, 0, 0, 0] },
    { age: 91, kind: "preview", dryRun: true, left: [0, 0, 0, 0] },
    { age: 89, kind: "update", dryRun: false, left: [5, 1, 2, 2] },
  ])("an $kind (dry run: $dryRun) of $age days ago has $left rows left", async ({ age, left, ...run }) => {
    const on = await newStack(t);
    await policyRun(on, { ...run, lines: ["rex !length prefix", "tom length prefix"] });
    const id = await newest(on, age);
    // What a dry run plans is no step.
    expect(await rows(id)).toEqual([5, 1, 2, run.dryRun ? 0 : 2]);
    await t.compact();
    expect(await rows(id)).toEqual(left);
  });

  test("a run without its findings or its receipt, and one that runs, is not compacted", async () => {
    const on = await newStack(t);
    await policyRun(on, { lines: ["rex !length"] });
    const id = await newest(on, 100);
    const all = await rows(id);
    for (const column of ["settled", "receipted"] as const) {
      await t.db
        .updateTable("updates")
        .set({ [column]: false })
        .where("id", "=", id)
        .execute();
      await t.compact();
      expect(await rows(id)).toEqual(all);
      await t.db
        .updateTable("updates")
        .set({ [column]: true })
        .where("id", "=", id)
        .execute();
    }
    const running = await on.run();
    await running.events([{ sequence: 0, timestamp: 0, stdoutEvent: { message: "x", color: "" } }]);
    await t.compact({ eventsDays: 1 });
    expect(await rows(running.id)).toEqual([1, 0, 0, 0]);
    expect(await rows(id)).toEqual([0, 0, 0, 0]);
    await running.cancel();
  });

  test("with forever nothing is compacted", async () => {
    const on = await newStack(t);
    await policyRun(on, { lines: ["rex !length"] });
    const id = await newest(on, 10_000);
    const all = await rows(id);
    await t.compact({ eventsDays: undefined });
    expect(await rows(id)).toEqual(all);
  });

  test("its results are the counts that it had, in every format, and never none", async () => {
    const on = await newStack(t);
    await policyRun(on, { lines: ["rex !length prefix", "tom !length prefix", "kim length !prefix"] });
    const id = await newest(on, 100);
    const { body: before } = await results(on, id);
    await t.compact();
    const { status, body: after } = await results(on, id);
    expect(status).toBe(200);
    expect(after.update).toEqual({ ...before.update, compactedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
    expect(after.counts).toEqual({ ...before.counts, advisory: 3, passed: 3 });
    expect(after.packs).toEqual(before.packs);
    expect(after.leftOut).toBe(1);
    expect(after.results).toMatchObject([
      {
        policy: "length",
        level: "advisory",
        severity: "high",
        urn: "",
        message: expect.stringMatching(/^2 resources\. .*compacted on/),
      },
      { policy: "prefix", level: "advisory", urn: "", message: expect.stringMatching(/^1 resource\. .*compacted on/) },
    ]);
    const sarif = (await results(on, id, "?format=sarif")).body.runs[0];
    expect(sarif.results).toHaveLength(2);
    expect(sarif.invocations[0].toolExecutionNotifications[0].message.text).toMatch(/compacted on .* of 3 violations/);
    const junit = (await results(on, id, "?format=junit")).body;
    expect(parseXml(junit).root?.attributes).toMatchObject({ failures: "3" });
    expect(junit).toMatch("length: resources that are not kept");
    expect((await results(on, id, "?format=csv")).body).toMatch("2 resources.");
    expect((await results(on, id, "?format=markdown")).body).toMatch(/3 advisory violations(.|\n)*was compacted on/);
    expect((await results(on, "latest")).body).toEqual(after);
  });

  test("a large run is counted in parts, as it was at once", async () => {
    const on = await newStack(t);
    const update = await on.run("preview", true);
    const pack = { policyPackName: "pets", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0" };
    const events = Array.from({ length: 10_500 }, (_, n) => [
      {
        policyEvent: {
          ...pack,
          policyName: n % 3 === 0 ? "length" : "prefix",
          resourceUrn: `urn:pulumi:dev::web::a:b:C::n${n}`,
          message: "m",
          enforcementLevel: n % 2 === 0 ? "mandatory" : "advisory",
          severity: n % 100 === 0 ? "critical" : "low",
        },
      },
      {
        policyAnalyzeSummaryEvent: {
          ...pack,
          resourceUrn: `urn:pulumi:dev::web::a:b:C::n${n}`,
          passed: ["ok"],
          failed: [],
        },
      },
    ]).flat();
    for (let from = 0; from < events.length; from += 3000)
      await update.events(
        events.slice(from, from + 3000).map((event, place) => ({ sequence: from + place, timestamp: 0, ...event })),
      );
    await update.complete("failed");
    const id = await newest(on, 100);
    const { body: before } = await results(on, id);
    await t.compact();
    const { body: after } = await results(on, id);
    expect(after.counts).toEqual(before.counts);
    expect(after.counts).toMatchObject({ mandatory: 5250, advisory: 5250, passed: 10_500 });
    const sorted = (packs: { policies: { name: string }[] }[]) =>
      packs.flatMap(({ policies }) => policies).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(sorted(after.packs)).toEqual(sorted(before.packs));
    expect(await rows(id)).toEqual([0, 0, 0, 0]);
  });

  test("its line in the history stays, and its events are one that says why there are no others", async () => {
    const on = await newStack(t);
    await policyRun(on, { lines: ["rex !length"] });
    const id = await newest(on, 100);
    const history = await t.send(`GET ${on.path}/updates`);
    const before = await t.send(`GET ${on.path}/update/${id}`);
    await t.compact();
    expect((await t.send(`GET ${on.path}/updates`)).body).toEqual(history.body);
    expect((await t.send(`GET ${on.path}/update/${id}`)).body).toEqual(before.body);
    expect((await t.send(`GET ${on.path}/update/${id}/events`)).body).toEqual({
      events: [
        {
          type: "stdoutEvent",
          sequence: 0,
          timestamp: expect.any(Number),
          stdoutEvent: { message: expect.stringMatching(/not kept any more.*compacted on/), color: "never" },
        },
      ],
      continuationToken: null,
    });
    expect((await t.send(`GET ${on.path}/update/${id}/events?continuationToken=3`)).body).toEqual({
      events: [],
      continuationToken: null,
    });
  });

  test("an import loses what it said of resources that are gone, and is no run without results", async () => {
    const on = await newStack(t);
    await policyRun(on, { lines: ["rex !length"] });
    const imported = await t.send(`POST ${on.path}/import`, { version: 3, deployment: { resources: [] } });
    expect(imported.status).toBe(200);
    const id = await newest(on, 100);
    const before = [await t.send(`GET ${on.path}/update/${id}/events`), await results(on, id)].map(({ body }) => body);
    await sql`insert into resource_steps (update_id, sequence, urn, kind) values (${id}, 9, 'urn', 'deleted')`.execute(
      t.db,
    );
    await t.db.updateTable("updates").set({ settled: true }).where("id", "=", id).execute();
    await t.compact();
    expect(await rows(id)).toEqual([0, 0, 0, 0]);
    expect([await t.send(`GET ${on.path}/update/${id}/events`), await results(on, id)].map(({ body }) => body)).toEqual(
      before,
    );
  });

  test("the configuration of a dry run goes, and that of an update stays", async () => {
    const on = await newStack(t);
    const ids: string[] = [];
    for (const dryRun of [true, false]) {
      const { body } = await t.send(`POST ${on.path}/update`, {
        options: { dryRun },
        config: { "web:a": { string: "1" } },
      });
      await on.update({ id: body.updateID, ...(await on.start(body.updateID)).body }).complete();
      ids.push(await newest(on, 100));
    }
    await t.compact();
    const configOf = async (id: string | undefined) =>
      (
        await t.db
          .selectFrom("updates")
          .where("id", "=", id ?? "")
          .select("config")
          .executeTakeFirstOrThrow()
      ).config;
    expect(await configOf(ids[0])).toEqual({});
    expect(JSON.stringify(await configOf(ids[1]))).toMatch("web:a");
  });

  /** Has more events than one step removes, because each is stored in more than a third of a step's bytes. */
  async function longRun(on: TestStack): Promise<TestUpdate> {
    const update = await on.run();
    for (let sequence = 0; sequence < 24; sequence += 1) {
      const message = randomBytes(700_000).toString("base64");
      await update.events([{ sequence, timestamp: 0, stdoutEvent: { message, color: "" } }]);
    }
    await update.complete();
    return update;
  }

  test("one that is stopped after any step is finished by the next server, and says the same meanwhile", async () => {
    const on = await newStack(t);
    const { id } = await longRun(on);
    await newest(on, 100);
    const keep = { ...readSettings({}, {}), eventsDays: 90 };
    const seen = new Set<number>();
    const answers = new Set<string>();
    for (let left = (await rows(id))[0]; left; [left] = await rows(id)) {
      const steps = compact({ db: t.db, log: t.app.log }, keep);
      // Else nothing is removed, and this never ends.
      expect(seen).not.toContain(left);
      // The first three steps are those of stacks that can't be restored any more, of what is left of removed ones, and of the predictions.
      for (let step = 0; step < 4; step += 1) await steps.next();
      await steps.return(undefined);
      answers.add(JSON.stringify((await t.send(`GET ${on.path}/update/${id}/events`)).body));
      answers.add(JSON.stringify((await t.send(`GET ${on.path}/update/${id}/events`)).body));
      seen.add(left ?? 0);
    }
    expect(seen.size).toBeGreaterThan(1);
    expect(answers.size).toBe(1);
    await t.compact();
    expect(await t.db.selectFrom("updates").where("id", "=", id).select("emptied").execute()).toEqual([
      { emptied: true },
    ]);
  });

  test("the files of its large events are removed", async () => {
    const on = await newStack(t);
    const update = await on.run();
    const message = randomBytes(1_200_000).toString("base64");
    await update.events([{ sequence: 0, timestamp: 0, stdoutEvent: { message, color: "" } }]);
    await update.complete();
    const files = async () =>
      (await readdir(join(t.folder, "events"), { recursive: true })).filter((name) => /-/.test(name));
    const before = await files();
    expect(before.length).toBeGreaterThan(0);
    await newest(on, 100);
    await t.db
      .updateTable("update_blobs")
      .set({ created_at: daysAgo(100) } as object)
      .execute();
    await sweepUpdateBlobs(t);
    expect(await files()).toEqual(before);
    await t.compact();
    await sweepUpdateBlobs(t);
    expect(await files()).toEqual([]);
  });

  test("two servers at the same time compact each run once", async () => {
    const ons = [await newStack(t), await newStack(t), await newStack(t)];
    for (const on of ons) {
      await policyRun(on, { lines: ["rex !length"] });
      await newest(on, 100);
    }
    const servers = ons.map(() => compact({ db: t.db, log: t.app.log }, readSettings({}, {})));
    const began = await Promise.all(servers.map((server) => server.next()));
    expect(began.filter(({ done }) => !done)).toHaveLength(1);
    for (const server of servers) for await (const _ of server);
    for (const on of ons) expect((await results(on, "latest")).body.counts.advisory).toBe(1);
    const later = compact({ db: t.db, log: t.app.log }, readSettings({}, {}));
    expect((await later.next()).done).toBe(false);
    await later.return(undefined);
  });

  test("a stack that is deleted takes the counts along", async () => {
    const on = await newStack(t);
    await policyRun(on, { lines: ["rex !length"] });
    const id = await newest(on, 100);
    await t.compact();
    const counts = t.db.selectFrom("run_counts").where("update_id", "=", id).selectAll();
    expect(await counts.execute()).toHaveLength(1);
    expect((await t.send(`DELETE ${on.path}?force=true`)).status).toBeLessThan(300);
    expect(await counts.execute()).toEqual([]);
  });
});

test.each([
  ["low", "high", "high"],
  ["critical", null, "critical"],
  [null, null, null],
])("the severities %s and %s of two parts are %s together", (one, other, together) => {
  const counts = {
    pack: "p",
    tag: "1",
    policy: "q",
    mandatory: 1,
    advisory: 2,
    excepted: 6,
    remediated: 3,
    notEvaluated: 4,
    passed: 5,
  };
  expect(addCounts({ ...counts, severity: one }, { ...counts, severity: other })).toEqual({
    ...counts,
    mandatory: 2,
    advisory: 4,
    excepted: 12,
    remediated: 6,
    notEvaluated: 8,
    passed: 10,
    severity: together,
  });
});
