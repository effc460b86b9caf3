import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newVersion } from "../../testing/group.ts";
import { person, team } from "../../testing/people.ts";
import { policyRun, urnOf } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const policies = [{ name: "length", displayName: "", description: "", enforcementLevel: "advisory", message: "m" }];

describe.each(engines)("the activity of a stack on $name", (engine) => {
  let t: TestApp;
  let on: TestStack;
  let own: string;

  beforeAll(async () => {
    t = await startApp(engine);
    await newVersion(t, "pets", "1.0.0", policies);
    await edit(t, "default-policy-group", { addPolicyPack: { name: "pets", versionTag: "1.0.0" } });
    on = await newStack(t);
    own = `/api/quillon/orgs/acme/stacks/web/${on.name}`;
  });
  afterAll(() => t.close());

  test("runs are listed newest first, with what policies reported and their receipts", async () => {
    await on.create();
    expect((await t.send(`GET ${own}/updates`)).body).toEqual({ updates: [] });
    await policyRun(on, { lines: ["rex !length", "kim length", "tom ^length"] });
    await policyRun(on, { dryRun: true, status: "failed", level: "mandatory", lines: ["rex !length", "kim !length"] });
    const running = await on.run();
    const { status, body } = await t.send(`GET ${own}/updates`);
    expect(status).toBe(200);
    const none = { mandatory: 0, advisory: 0, excepted: 0, remediated: 0, more: false };
    expect(body.updates).toMatchObject([
      { updateID: running.id, kind: "update", dryRun: false, version: 2, status: "running", results: none },
      { kind: "update", dryRun: true, version: 1, status: "failed", results: { ...none, mandatory: 2 } },
      {
        kind: "update",
        dryRun: false,
        version: 1,
        status: "succeeded",
        message: "update",
        requestedBy: { githubLogin: "admin" },
        results: { ...none, advisory: 1, excepted: 1 },
        receipt: "incomplete",
      },
    ]);
    expect(body.updates[0]).not.toHaveProperty("endedAt");
    expect(body.updates[0]).not.toHaveProperty("receipt");
    await running.complete();
  });

  test("one run is found by its id, by its version, and as the latest", async () => {
    const { body } = await t.send(`GET ${own}/updates`);
    const [latest, , first] = body.updates;
    expect((await t.send(`GET ${own}/updates/latest`)).body).toEqual(latest);
    expect((await t.send(`GET ${own}/updates/1`)).body).toEqual(first);
    expect((await t.send(`GET ${own}/updates/${first.updateID}`)).body).toEqual(first);
    expect(await t.send(`GET ${own}/updates/9`)).toMatchObject({ status: 404, body: { id: "update_not_found" } });
    const other = await newStack(t);
    expect(await t.send(`GET ${own.replace(on.name, other.name)}/updates/${first.updateID}`)).toMatchObject({
      status: 404,
      body: { id: "update_not_found" },
    });
  });

  test("what a run did is still counted after it was compacted", async () => {
    const before = (await t.send(`GET ${own}/updates`)).body;
    await t.db
      .updateTable("updates")
      .set({ ended_at: new Date(0) })
      .where("ended_at", "is not", null)
      .execute();
    await t.compact();
    const left = await t.db.selectFrom("policy_reports").selectAll().execute();
    expect(left).toEqual([]);
    const after = (await t.send(`GET ${own}/updates`)).body;
    const resultsOf = ({ updates }: typeof after) => updates.map(({ results }: { results: object }) => results);
    expect(resultsOf(after)).toEqual(resultsOf(before));
  });

  test("a long list has pages, which together have each run once", async () => {
    const many = await newStack(t);
    const path = `/api/quillon/orgs/acme/stacks/web/${many.name}/updates`;
    for (let run = 0; run < 22; run += 1) await (await many.run("preview", true)).complete();
    const first = (await t.send(`GET ${path}`)).body;
    const second = (await t.send(`GET ${path}?continuationToken=${first.continuationToken}`)).body;
    expect([first.updates.length, second.updates.length, second.continuationToken]).toEqual([20, 2, undefined]);
    const ids = [...first.updates, ...second.updates].map(({ updateID }: { updateID: string }) => updateID);
    expect(new Set(ids).size).toBe(22);
    expect(await t.send(`GET ${path}?continuationToken=x`)).toMatchObject({ status: 400 });
  });

  test("the events of one kind are listed alone", async () => {
    const update = await on.run("preview", true);
    const urn = urnOf(on.name, "rex");
    const ofPack = { policyPackName: "pets", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0" };
    const remediation = {
      ...ofPack,
      resourceUrn: urn,
      policyName: "length",
      before: { length: 1 },
      after: { length: 9 },
    };
    const events = [
      { diagnosticEvent: { severity: "info", message: "policyRemediationEvent" } },
      { resOutputsEvent: { metadata: { op: "same", urn } } },
      { policyRemediationEvent: remediation },
    ];
    await update.events(events.map((event, sequence) => ({ sequence, timestamp: 0, ...event })));
    await update.complete();
    const read = (payload: string) => t.send(`GET ${own}/updates/${update.id}/events?payload=${payload}`);
    expect((await read("policyRemediationEvent")).body).toEqual({
      events: [{ type: "policyRemediationEvent", sequence: 2, timestamp: 0, policyRemediationEvent: remediation }],
      continuationToken: null,
    });
    expect((await read("diagnosticEvent")).body.events).toMatchObject([{ sequence: 0 }]);
    expect((await read("summaryEvent")).body.events).toEqual([]);
    expect(await read("policyEvent")).toMatchObject({ status: 400 });
  });

  test("stacks are found by a part of their name, with their findings and scores, by those who may read them", async () => {
    const judged = await newStack(t, { tags: { env: "judged" } });
    await policyRun(judged, { lines: ["rex !length", "kim length"] });
    await t.upkeep();
    const member = await person(t, "eve");
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    const read = (query: string, as?: string) =>
      t.send(`GET /api/quillon/orgs/acme/stacks${query}`, undefined, as ? { as } : {});
    const row = {
      project: "web",
      stack: judged.name,
      running: false,
      findings: 1,
      passingPolicies: 0,
      exceptedPolicies: 0,
      policies: 1,
      blocked: 0,
      brokenPacks: 0,
    };
    for (const query of [`?search=EB/${judged.name}`, "?tagName=env&tagValue=judged"])
      expect((await read(query)).body.stacks).toMatchObject([row]);
    expect((await read("?search=nothing%25")).body).toEqual({ stacks: [] });
    expect((await read("", member)).body).toEqual({ stacks: [] });
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "read" });
    expect((await read(`?search=${judged.name}`, member)).body.stacks).toMatchObject([row]);
    await policyRun(judged, {
      dryRun: true,
      status: "failed",
      level: "mandatory",
      lines: ["rex !length", "kim ^length"],
    });
    await sql`update pack_scores set excepted = 1 where stack_id = (select id from stacks where name = ${judged.name})`.execute(
      t.db,
    );
    expect((await read(`?search=${judged.name}`)).body.stacks).toMatchObject([
      { ...row, exceptedPolicies: 1, blocked: 1 },
    ]);
  });

  test("stacks are found by what was evaluated of them", async () => {
    const names = async (compliance: string) =>
      (await t.send(`GET /api/quillon/orgs/acme/stacks?search=web/&compliance=${compliance}`)).body.stacks
        .map(({ stack }: { stack: string }) => stack)
        .filter((name: string) => mine.includes(name));
    const [bad, good, silent, free] = [await newStack(t), await newStack(t), await newStack(t), await newStack(t)];
    const mine = [bad, good, silent, free].map(({ name }) => name);
    await edit(t, "default-policy-group", { removeStack: { name: free.name, routingProject: "web" } });
    await policyRun(bad, { lines: ["rex !length"] });
    await policyRun(good, { lines: ["rex length"] });
    const all = async () => ({
      failing: await names("failing"),
      passing: await names("passing"),
      stale: await names("stale"),
      ungoverned: await names("ungoverned"),
    });
    const found = { failing: [bad.name], passing: [good.name], stale: [], ungoverned: [free.name] };
    expect(await all()).toEqual(found);
    const ofGood = sql`stack_id = (select id from stacks where name = ${good.name})`;
    await sql`update pack_scores set stale = true where ${ofGood}`.execute(t.db);
    expect(await all()).toEqual({ ...found, stale: [good.name] });
    await sql`update pack_scores set broken = true where ${ofGood}`.execute(t.db);
    expect(await all()).toMatchObject({ failing: [bad.name, good.name].sort(), passing: [] });
    await sql`update pack_scores set broken = false, passing = 0, excepted = 1 where ${ofGood}`.execute(t.db);
    expect(await all()).toMatchObject({ failing: [bad.name], passing: [good.name] });
    expect((await t.send("GET /api/quillon/orgs/acme/stacks?compliance=green")).status).toBe(400);
    const only = await team(t, "only-good", { [`web/${good.name}`]: 101 });
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    const seen = await t.send("GET /api/quillon/orgs/acme/stacks?compliance=ungoverned", undefined, { as: only });
    expect(seen.body.stacks).toEqual([]);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "read" });
  });

  test("resources are listed from the newest state, without their inputs and outputs", async () => {
    const stack = await newStack(t);
    const path = `/api/quillon/orgs/acme/stacks/web/${stack.name}/resources`;
    expect((await t.send(`GET ${path}`)).body).toEqual({ resources: [], total: 0 });
    const pet = { urn: urnOf(stack.name, "rex"), type: "random:index/randomPet:RandomPet" };
    const update = await stack.run();
    await update.checkpoint({ resources: [{ ...pet, custom: true, inputs: { password: "hunter2" } }] });
    await update.complete();
    expect((await t.send(`GET ${path}`)).body).toEqual({ resources: [{ ...pet, parent: "" }], total: 1 });
  });
});
