import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newGroup, newVersion, requirePack } from "../../testing/group.ts";
import { team } from "../../testing/people.ts";
import { policyRun } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const OVERVIEW = "/api/quillon/orgs/acme/overview";
const policies = ["length", "prefix"].map((name) => ({
  name,
  description: "d",
  enforcementLevel: "mandatory",
  message: "m",
}));

describe.each(engines)("the overview of an organization, on $name", (engine) => {
  let t: TestApp;
  /** One that was evaluated, one whose updates are blocked, one that never reported, one in no group with a pack. */
  let good: TestStack;
  let blocked: TestStack;
  let silent: TestStack;
  let free: TestStack;
  let reader: string;
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await requirePack(t, "pets", policies);
    [good, blocked, silent, free] = [await newStack(t), await newStack(t), await newStack(t), await newStack(t)];
    await edit(t, "default-policy-group", { removeStack: { name: free.name, routingProject: "web" } });
    await policyRun(good, { lines: ["rex !length prefix", "tom length prefix", "ben !length prefix", "sam !length"] });
    await policyRun(blocked, { lines: ["rex !length"], dryRun: true, status: "failed", level: "mandatory" });
    await policyRun(blocked, {
      lines: ["rex !length !prefix", "tom !length"],
      dryRun: true,
      status: "failed",
      level: "mandatory",
    });
    reader = await team(t, "readers", { [`web/${good.name}`]: 101 });
  });
  afterAll(() => t.close());

  async function read(path = OVERVIEW, as = `token ${t.token}`) {
    const { status, body } = await t.send(`GET ${path}`, undefined, { as });
    expect(status, body.message).toBe(200);
    return body;
  }
  const stacksIn = async (state: string, as?: string) =>
    (await read(`${OVERVIEW}/stacks?state=${state}`, as)).stacks.map(({ stack }: { stack: string }) => stack);

  test("blocked runs say of which stack they are, who ran them, and what stopped them", async () => {
    const { violations, stacks, runs } = (await read()).blocked;
    expect([violations, stacks]).toEqual([3, 1]);
    expect(runs).toEqual([
      {
        project: "web",
        stack: blocked.name,
        updateID: expect.stringMatching(/^[0-9a-f-]{36}$/),
        dryRun: true,
        version: 0,
        source: "",
        requestedBy: "admin",
        lastSeenAt: expect.stringMatching(/^\d{4}-.*Z$/),
        violations: 3,
        policies: [
          { policyPack: "pets", policyName: "length" },
          { policyPack: "pets", policyName: "prefix" },
        ],
      },
    ]);
    const { predictions } = await read("/api/quillon/orgs/acme/predictions?blocked=true");
    expect(predictions).toHaveLength(violations);
    expect(new Set(predictions.map(({ updateID }: { updateID: string }) => updateID))).toEqual(
      new Set([runs[0].updateID]),
    );
  });

  test("what is excepted blocks nothing, until its exception ends", async () => {
    const stack = await newStack(t);
    await policyRun(stack, { lines: ["rex ^length", "tom !length"], dryRun: true, level: "mandatory" });
    const count = async () => {
      const { violations, runs } = (await read()).blocked;
      const { predictions } = await read("/api/quillon/orgs/acme/predictions?blocked=true");
      const run = runs.find((one: { stack: string }) => one.stack === stack.name);
      return [violations, predictions.length, run?.violations, run?.policies];
    };
    const policies = [{ policyPack: "pets", policyName: "length" }];
    expect(await count()).toEqual([4, 4, 1, policies]);
    await sql`update policy_exceptions set removed_at = now()`.execute(t.db);
    expect(await count()).toEqual([5, 5, 2, policies]);
    await t.send(`DELETE ${stack.path}`);
    expect(await count()).toEqual([3, 3, undefined, undefined]);
  });

  test("open findings are counted by severity, with those that are new and those that came back", async () => {
    const list = async (recent: string) =>
      (await t.send(`POST /api/orgs/acme/policyresults/issues?recent=${recent}`, {})).body.policyIssues.map(
        ({ resourceName }: { resourceName: string }) => resourceName,
      );
    expect((await read()).findings).toEqual({
      bySeverity: [{ severity: "", count: 3, new: 3, reopened: 0, overdue: 0 }],
      new: 3,
      reopened: 0,
      overdue: 0,
    });
    const rex = sql`stack_id = (select id from stacks where name = ${good.name}) and urn like '%::rex'`;
    await sql`update findings set severity = 'high', first_seen_at = now() - interval '8 days', reopened = 1 where ${rex}`.execute(
      t.db,
    );
    const none = { severity: "", count: 2, new: 2, reopened: 0, overdue: 0 };
    const high = (reopened: number) => ({ severity: "high", count: 1, new: 0, reopened, overdue: 0 });
    const some = { new: 2, overdue: 0 };
    expect((await read()).findings).toEqual({ bySeverity: [high(1), none], ...some, reopened: 1 });
    expect([(await list("new")).sort(), await list("reopened")]).toEqual([["ben", "sam"], ["rex"]]);
    const counted = await t.send("POST /api/orgs/acme/policyresults/issues/filters?recent=new", { field: "severity" });
    expect(counted.body.values).toEqual([{ name: "", count: 2 }]);
    await sql`update findings set triaged_at = modified_at, status = 'in_progress' where ${rex}`.execute(t.db);
    expect((await read()).findings).toEqual({ bySeverity: [high(0), none], ...some, reopened: 0 });
    expect(await list("reopened")).toEqual([]);
    await sql`update findings set status = 'ignored' where ${rex}`.execute(t.db);
    expect((await read()).findings).toEqual({ bySeverity: [none], ...some, reopened: 0 });
  });

  test("findings are overdue after the days that the organization gives their severity, and the count has its rows", async () => {
    const RULE = "/api/quillon/orgs/acme/finding-rule";
    const rex = sql`stack_id = (select id from stacks where name = ${good.name}) and urn like '%::rex'`;
    const since = (days: number, status = "open") =>
      sql`update findings set status = ${status}, severity = 'high',
        first_seen_at = now() - make_interval(days => ${days}) where ${rex}`.execute(t.db);
    const count = async () => {
      const { overdue, bySeverity } = (await read()).findings;
      const { body } = await t.send("POST /api/orgs/acme/policyresults/issues?overdue=true", {});
      expect(body).toMatchObject({ rowCount: overdue, policyIssues: Array.from({ length: overdue }, () => ({})) });
      const values = await t.send("POST /api/orgs/acme/policyresults/issues/filters?overdue=true", {
        field: "severity",
      });
      expect(values.body.values).toEqual(overdue > 0 ? [{ name: "high", count: overdue }] : []);
      expect(bySeverity.reduce((sum: number, row: { overdue: number }) => sum + row.overdue, 0)).toBe(overdue);
      return overdue;
    };
    await since(29);
    expect(await count()).toBe(0);
    await since(31);
    expect(await count()).toBe(1);
    expect((await read(OVERVIEW, await team(t, "nobody-else"))).findings.overdue).toBe(0);
    await since(31, "ignored");
    expect(await count()).toBe(0);
    await since(31);
    const days = (await read(RULE)).overdueAfterDays;
    expect(days).toEqual({ critical: 7, high: 30, medium: 90, low: 180 });
    const set = (high: number | null, as?: string) =>
      t.send(`PUT ${RULE}`, { overdueAfterDays: { ...days, high } }, as ? { as } : {});
    expect((await set(40, reader)).status).toBe(403);
    await set(40);
    expect(await count()).toBe(0);
    await set(null);
    await since(4000);
    expect(await count()).toBe(0);
    const none = { critical: null, high: null, medium: null, low: null };
    await t.send(`PUT ${RULE}`, { overdueAfterDays: none });
    expect([(await read(RULE)).overdueAfterDays, await count()]).toEqual([none, 0]);
    await t.send(`PUT ${RULE}`, { overdueAfterDays: days });
    expect((await t.send(`PUT ${RULE}`, { overdueAfterDays: { ...days, low: 0 } })).status).toBe(400);
    await sql`update findings set status = 'open', severity = '', first_seen_at = now() where ${rex}`.execute(t.db);
  });

  test("stacks are governed or not, stale or have never reported, and each count has its rows", async () => {
    expect((await read()).stacks).toEqual({ known: 4, governed: 3, stale: 0, neverReported: 2 });
    expect(await stacksIn("governed")).toEqual([good.name, blocked.name, silent.name].sort());
    expect(await stacksIn("ungoverned")).toEqual([free.name]);
    expect(await stacksIn("never-reported")).toEqual([blocked.name, silent.name].sort());
    expect(await stacksIn("stale")).toEqual([]);
    // A pack that no update has evaluated yet. Where nothing was ever evaluated, the stack has never reported.
    await newVersion(t, "plants", "1.0.0", policies);
    const plants = { name: "plants", versionTag: "1.0.0" };
    await edit(t, "default-policy-group", { addPolicyPack: plants });
    expect((await read()).stacks).toEqual({ known: 4, governed: 3, stale: 1, neverReported: 2 });
    expect((await read(`${OVERVIEW}/stacks?state=stale`)).stacks).toMatchObject([
      { stack: good.name, stalePacks: ["plants"] },
    ]);
    expect((await read("/api/quillon/orgs/acme/stacks?compliance=stale")).stacks).toMatchObject([{ stack: good.name }]);
    await edit(t, "default-policy-group", { removePolicyPack: { name: "plants" } });
    expect(await stacksIn("stale")).toEqual([]);
    await sql`update pack_scores set stale = true`.execute(t.db);
    expect((await read()).stacks).toMatchObject({ stale: 1 });
    expect((await read(`${OVERVIEW}/stacks?state=stale`)).stacks).toEqual([
      { project: "web", stack: good.name, evaluatedAt: expect.any(String), stalePacks: ["pets"] },
    ]);
  });

  test("a group that only audits governs nothing", async () => {
    const audit = await newGroup(t, { mode: "audit" });
    await edit(t, audit, { addStack: { name: free.name, routingProject: "web" } });
    await newVersion(t, "cats", "1.0.0");
    await edit(t, audit, { addPolicyPack: { name: "cats", versionTag: "1.0.0" } });
    expect((await read()).stacks).toMatchObject({ governed: 3 });
  });

  test("scores are n of m, and the worst project comes first", async () => {
    const { scores, worstProjects } = await read();
    expect(scores).toEqual({
      passingPolicies: 1,
      policies: 2,
      exceptedPolicies: 0,
      cleanResources: 1,
      governedResources: 4,
    });
    const pets = {
      policyPack: "pets",
      passingPolicies: 1,
      policies: 2,
      exceptedPolicies: 0,
      stacks: 1,
      brokenStacks: 0,
    };
    expect(worstProjects).toEqual([{ project: "web", packs: [pets] }]);
    const other = "app";
    await sql`update stacks set project = ${other} where name = ${good.name}`.execute(t.db);
    await sql`insert into pack_scores (stack_id, pack, version, tag, policies, passing)
      select id, 'cats', 1, '1.0.0', 4, 1 from stacks where name = ${silent.name}`.execute(t.db);
    const order = async () => (await read()).worstProjects.map(({ project }: { project: string }) => project);
    expect(await order()).toEqual(["web", "app"]);
    await sql`update pack_scores set passing = 4 where pack = 'cats'`.execute(t.db);
    expect(await order()).toEqual(["app", "web"]);
    await sql`update pack_scores set broken = true where pack = 'cats'`.execute(t.db);
    expect((await read()).worstProjects[0]).toMatchObject({
      project: "web",
      packs: [{ policies: 0, brokenStacks: 1 }],
    });
    await sql`delete from pack_scores where pack = 'cats'`.execute(t.db);
    await sql`update stacks set project = 'web' where project = ${other}`.execute(t.db);
  });

  test("packs that fail are counted by their stacks, and updates by their receipts", async () => {
    const before = await read();
    expect(before.failingPacks).toEqual([]);
    await sql`insert into pack_health (organization_id, stack_id, pack, version, tag, runs, failed, failing)
      select organization_id, id, 'pets', number, '1.0.0', 1, 1, true from stacks, generate_series(8, 9) as number
      where name = any(${[good.name, blocked.name]})`.execute(t.db);
    await sql`update receipts set status = 'missing' where not dry_run`.execute(t.db);
    const { failingPacks, receipts } = await read();
    expect(failingPacks).toEqual([{ policyPack: "pets", failingStacks: 2 }]);
    expect(receipts).toEqual({ incomplete: 0, missing: 1 });
    const rows = async (query: string) =>
      (await read(`/api/quillon/orgs/acme/receipts?${query}`)).receipts.map(({ stack }: { stack: string }) => stack);
    expect(await rows("status=missing&dryRun=false&days=7")).toEqual([good.name]);
    expect(await rows("status=missing&status=incomplete&dryRun=false&days=7")).toEqual([good.name]);
    expect(await rows("status=complete&status=incomplete&dryRun=false&days=7")).toEqual([]);
    expect(await rows("dryRun=true")).toEqual(expect.arrayContaining([blocked.name]));
    expect(await rows("dryRun=true")).not.toContain(good.name);
    await sql`update receipts set ended_at = ended_at - interval '8 days'`.execute(t.db);
    expect((await read()).receipts).toEqual({ incomplete: 0, missing: 0 });
    expect(await rows("status=missing&dryRun=false&days=7")).toEqual([]);
  });

  test("it tells nobody of stacks that they may not read", async () => {
    expect(await read(OVERVIEW, reader)).toMatchObject({
      blocked: { violations: 0, stacks: 0, runs: [] },
      findings: { bySeverity: [{ severity: "", count: 3 }] },
      stacks: { known: 1, governed: 1, stale: 1, neverReported: 0 },
      failingPacks: [{ policyPack: "pets", failingStacks: 1 }],
    });
    expect(await stacksIn("governed", reader)).toEqual([good.name]);
    expect(await stacksIn("never-reported", reader)).toEqual([]);
    expect(await read(OVERVIEW, await team(t, "nobody"))).toEqual({
      blocked: { violations: 0, stacks: 0, runs: [] },
      findings: { bySeverity: [], new: 0, reopened: 0, overdue: 0 },
      stacks: { known: 0, governed: 0, stale: 0, neverReported: 0 },
      scores: { passingPolicies: 0, policies: 0, exceptedPolicies: 0, cleanResources: 0, governedResources: 0 },
      worstProjects: [],
      failingPacks: [],
      receipts: { incomplete: 0, missing: 0 },
    });
  });

  test("pages of stacks follow each other without a hole", async () => {
    await sql`insert into stacks (organization_id, project, name, created_by, data_key)
      select organization_id, project, 'many' || n, created_by, data_key from stacks, generate_series(1, 150) as n where name = ${free.name}`.execute(
      t.db,
    );
    const first = await read(`${OVERVIEW}/stacks?state=never-reported`);
    const second = await read(`${OVERVIEW}/stacks?state=never-reported&continuationToken=${first.continuationToken}`);
    expect([first.stacks.length, second.stacks.length]).toEqual([100, 52]);
    expect(second).not.toHaveProperty("continuationToken");
    const all = [...first.stacks, ...second.stacks].map(({ stack }) => stack);
    expect(new Set(all).size).toBe(152);
  });
});
