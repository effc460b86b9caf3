import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newGroup, newVersion } from "../../testing/group.ts";
import { person, team } from "../../testing/people.ts";
import { type PolicyRun, policyRun } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const RESULTS = "/api/orgs/acme/policyresults";
const FINDINGS = "/api/orgs/acme/policy/findings";
const OWN = "/api/quillon/orgs/acme/compliance";

const framework = { name: "PCI DSS", version: "4.0" };
const policies = [
  { name: "length", severity: "high", framework },
  { name: "prefix", severity: "low" },
  { name: "few", severity: "low" },
  { name: "off", enforcementLevel: "disabled" },
].map((policy) => ({ description: "d", enforcementLevel: "advisory", message: "m", ...policy }));

interface Score {
  name: string;
  [field: string]: unknown;
}

describe.each(engines)("compliance on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await newVersion(t, "pets", "1.0.0", policies);
    await newVersion(t, "pets", "2.0.0", policies.slice(1));
    await newVersion(t, "never", "1.0.0", policies);
  });
  afterAll(() => t.close());

  /** A stack in a group of its own that has the pack enabled. */
  async function enforced(config?: object) {
    const group = await newGroup(t);
    const stack = await newStack(t);
    const addPolicyPack = { name: "pets", versionTag: "1.0.0", ...(config && { config }) };
    const done = await edit(t, group, { addStack: { name: stack.name, routingProject: "web" }, addPolicyPack });
    expect(done.status).toBe(200);
    return { group, stack };
  }
  const scoresOf = async (stack: TestStack, as?: string): Promise<Score | undefined> => {
    const { body } = await t.send(`GET ${OWN}?by=stack`, undefined, as ? { as } : {});
    return body.scores.find(({ name }: Score) => name === `web/${stack.name}`);
  };
  const onWire = async (stack: TestStack, pack = "pets") => {
    const { body } = await t.send(`POST ${RESULTS}/compliance`, { entity: "stack", size: 1000 });
    const row = body.rows.find(({ entityName }: { entityName: string }) => entityName === `web/${stack.name}`);
    return row.scores[body.columns.indexOf(pack)];
  };

  const all = "rex length prefix";
  test.each<[string, PolicyRun[], object, number]>([
    ["all policies pass", [{ lines: [all, "stack few"] }], { passingPolicies: 3, policies: 3, notExercised: 0 }, 100],
    [
      "one resource fails one",
      [{ lines: [all, "tom !length prefix"] }],
      { passingPolicies: 2, policies: 3, notExercised: 1, cleanResources: 1, governedResources: 2, resourceScore: 50 },
      66,
    ],
    [
      "a targeted run does not evaluate the one that fails",
      [{ lines: ["rex !length"] }, { lines: ["tom length"] }],
      { passingPolicies: 2, governedResources: 2, cleanResources: 1 },
      66,
    ],
    [
      "the one that failed passes",
      [{ lines: ["rex !length"] }, { lines: ["rex length"] }],
      { passingPolicies: 3, governedResources: 1 },
      100,
    ],
    [
      "the one that failed is deleted",
      [{ lines: ["rex !length"] }, { lines: ["tom length", "-rex"] }],
      { governedResources: 1, passingPolicies: 3 },
      100,
    ],
    [
      "all is destroyed",
      [{ lines: ["rex !length"] }, { kind: "destroy", lines: ["-rex"] }],
      { governedResources: 0, resourceScore: -1, notExercised: 3 },
      100,
    ],
    [
      "a dry run shows a violation",
      [{ lines: [all] }, { dryRun: true, kind: "preview", lines: ["rex !length"] }],
      { passingPolicies: 3 },
      100,
    ],
    [
      "only a provider fails",
      [{ lines: [all, "provider !length"] }],
      { passingPolicies: 2, governedResources: 1, cleanResources: 1 },
      66,
    ],
    [
      "the root stack and providers pass",
      [{ lines: ["root length", "provider prefix"] }],
      { governedResources: 0, notExercised: 3 },
      100,
    ],
    [
      "a stack policy names a resource",
      [{ lines: [all, "tom prefix", "stack !few@rex"] }],
      { passingPolicies: 2, governedResources: 2, cleanResources: 1, notExercised: 0 },
      66,
    ],
    [
      "a stack policy names it no more",
      [{ lines: [all, "stack !few@rex"] }, { lines: [all, "stack few"] }],
      { passingPolicies: 3, cleanResources: 1 },
      100,
    ],
    ["the program has no resource", [{}], { governedResources: 0, notExercised: 3 }, 100],
    [
      "the packs can't be loaded",
      [{ status: "failed", events: [{ policyLoadEvent: {} }] }],
      { brokenStacks: 1, policies: 0 },
      -2,
    ],
    [
      "the packs can't be loaded any more",
      [{ lines: [all] }, { status: "failed", events: [{ policyLoadEvent: {} }] }],
      { brokenStacks: 1, policies: 0 },
      -2,
    ],
    [
      "the packs can be loaded again",
      [{ status: "failed", events: [{ policyLoadEvent: {} }] }, { lines: [all] }],
      { brokenStacks: 0, policies: 3 },
      100,
    ],
    [
      "the program dies before it registers anything",
      [{ lines: [all] }, { status: "failed", events: [{ policyLoadEvent: {} }, { preludeEvent: {} }] }],
      { brokenStacks: 0, policies: 3 },
      100,
    ],
  ])("when %s", async (_, runs, score, percent) => {
    const { stack } = await enforced();
    for (const run of runs) await policyRun(stack, run);
    expect(await scoresOf(stack)).toMatchObject({
      policyPack: "pets",
      policyPackTags: ["1.0.0"],
      staleStacks: 0,
      score: percent,
      ...score,
    });
    expect(await onWire(stack)).toBe(percent);
  });

  test("disabled policies leave the denominator", async () => {
    const { stack } = await enforced({ length: { enforcementLevel: "disabled" } });
    await policyRun(stack, { lines: ["rex !prefix"] });
    expect(await scoresOf(stack)).toMatchObject({ passingPolicies: 1, policies: 2, score: 50 });
  });

  test.each(["ignored", "by_design"])("what is %s fails all the same", async (status) => {
    const { stack } = await enforced();
    const run = { lines: ["rex !length"] };
    await policyRun(stack, run);
    const before = [await onWire(stack), await scoresOf(stack)];
    const ofStack = { colId: "entityId", filterType: "text", type: "equals", filter: stack.name };
    const { body } = await t.send(`POST ${RESULTS}/issues`, { filterModel: { type: "AND", conditions: [ofStack] } });
    const triage = { status, reason: "It is a test.", expiresAt: "2999-01-01T00:00:00Z" };
    const done = await t.send(`PATCH ${RESULTS}/issues/${body.policyIssues[0].id}`, triage);
    expect(done.body.policyIssue.status).toBe(status);
    expect([await onWire(stack), await scoresOf(stack)]).toEqual(before);
    await policyRun(stack, run);
    expect(await scoresOf(stack)).toMatchObject({ passingPolicies: 2, policies: 3, cleanResources: 0 });
  });

  test("a stack that need not run a pack, or never ran it, has no score for it", async () => {
    await edit(t, await newGroup(t), { addPolicyPack: { name: "never", versionTag: "1.0.0" } });
    const { stack } = await enforced();
    expect([await onWire(stack), await onWire(stack, "never"), await scoresOf(stack)]).toEqual([-1, -1, undefined]);
  });

  test("a score follows its stack to another name, with what was said of its resources", async () => {
    const { stack } = await enforced();
    await policyRun(stack, { lines: ["rex !length", "tom length"] });
    const newName = `${stack.name}-new`;
    expect((await t.send(`POST ${stack.path}/rename`, { newName })).status).toBe(200);
    const renamed = { ...stack, name: newName, path: `/api/stacks/acme/web/${newName}` };
    const update = await t.send(`POST ${renamed.path}/update`, { options: {}, metadata: {} });
    const started = await t.send(`POST ${renamed.path}/update/${update.body.updateID}`, {});
    const as = `update-token ${started.body.token}`;
    const urn = `urn:pulumi:${newName}::web::random:index/randomPet:RandomPet::rex`;
    const ofPack = { policyPackName: "pets", policyPackVersionTag: "1.0.0" };
    const events = [
      { policyAnalyzeSummaryEvent: { ...ofPack, resourceUrn: urn, passed: ["length"], failed: [] } },
      { resOutputsEvent: { metadata: { op: "same", urn } } },
    ].map((event, sequence) => ({ sequence, timestamp: 0, ...event }));
    await t.send(`POST ${renamed.path}/update/${update.body.updateID}/events/batch`, { events }, { as });
    await t.send(`POST ${renamed.path}/update/${update.body.updateID}/complete`, { status: "succeeded" }, { as });
    expect(await scoresOf(renamed)).toMatchObject({ governedResources: 2, cleanResources: 2, score: 100 });
  });

  test("an alias keeps a resource one resource", async () => {
    const { stack } = await enforced();
    await policyRun(stack, { lines: ["rex !length"] });
    const urn = (name: string) => `urn:pulumi:${stack.name}::web::random:index/randomPet:RandomPet::${name}`;
    const metadata = { op: "same", urn: urn("max"), old: { urn: urn("rex") } };
    await policyRun(stack, { events: [{ resOutputsEvent: { metadata } }], lines: ["max length"] });
    expect(await scoresOf(stack)).toMatchObject({ governedResources: 1, cleanResources: 1, score: 100 });
  });

  test.each([RESULTS, FINDINGS])("the routes at %s count what the caller may read, and nothing else", async (path) => {
    const { stack, group } = await enforced();
    await policyRun(stack, { lines: ["rex !length prefix", "tom length prefix"] });
    const login = `${group}-outsider`;
    const outsider = await person(t, login);
    const reader = await team(t, `${group}-readers`, { [`web/${stack.name}`]: 101 });
    const send = async (request: string, body: object | undefined, as: string) =>
      (await t.send(request, body, { as })).body;
    expect(await send(`POST ${path}/compliance`, { entity: "stack" }, outsider)).toMatchObject({ rows: [] });
    expect(await send(`POST ${path}/compliance`, { entity: "severity" }, outsider)).toMatchObject({ rows: [] });
    expect(await send(`POST ${path}/policies`, {}, outsider)).toEqual({ policies: [], totalCount: 0 });
    expect(await send(`GET ${path}/metadata`, undefined, outsider)).toEqual({
      policyTotalCount: 0,
      policyWithIssuesCount: 0,
      resourcesTotalCount: 0,
      resourcesWithIssuesCount: 0,
    });
    expect(await send(`GET ${OWN}?by=pack`, undefined, outsider)).toEqual({ scores: [] });

    const rows = await send(`POST ${path}/compliance`, { entity: "stack" }, reader);
    expect(rows.rows).toEqual([{ entityName: `web/${stack.name}`, scores: expect.arrayContaining([66]) }]);
    const bySeverity = await send(`POST ${path}/compliance`, { entity: "severity" }, reader);
    const pets = bySeverity.columns.indexOf("pets");
    expect(
      bySeverity.rows.map((row: { entityName: string; scores: number[] }) => [row.entityName, row.scores[pets]]),
    ).toEqual([
      ["high", 0],
      ["low", 100],
    ]);
    expect(await send(`GET ${path}/metadata`, undefined, reader)).toEqual({
      policyTotalCount: 3,
      policyWithIssuesCount: 1,
      resourcesTotalCount: 2,
      resourcesWithIssuesCount: 1,
    });
    const sorted = { sortModel: [{ colId: "failingResources", sort: "desc" }], startRow: 0, endRow: 1 };
    expect(await send(`POST ${path}/policies`, sorted, reader)).toEqual({
      policies: [
        {
          policyName: "length",
          policyPack: "pets",
          policyGroupName: group,
          policyGroupType: "preventative",
          severity: "high",
          governedResources: 2,
          failingResources: 1,
          percentCompliant: 50,
        },
      ],
      totalCount: 3,
    });
    const filterModel = {
      type: "AND",
      conditions: [{ colId: "policyName", filter: "few", filterType: "text", type: "equals" }],
    };
    const few = await send(`POST ${path}/policies`, { filterModel }, reader);
    expect(few.policies).toMatchObject([{ policyName: "few", governedResources: 0, percentCompliant: -1 }]);
    const refused = await send(`POST ${path}/policies`, { sortModel: [{ colId: "colour", sort: "asc" }] }, reader);
    expect(refused.message).toMatch("Known are policyPack");
  });

  test("accounts are not evaluated: they have no rows and no score", async () => {
    const { body } = await t.send(`POST ${RESULTS}/compliance`, { entity: "account" });
    expect(body).toEqual({ columns: [], rows: [] });
  });

  test("pages of stacks have each stack once", async () => {
    const names: string[] = [];
    let continuationToken: string | undefined;
    do {
      const { body } = await t.send(`POST ${RESULTS}/compliance`, { entity: "stack", size: 3, continuationToken });
      names.push(...body.rows.map(({ entityName }: { entityName: string }) => entityName));
      continuationToken = body.continuationToken;
    } while (continuationToken);
    expect(names.length).toBeGreaterThan(3);
    expect(new Set(names).size).toBe(names.length);
    const wrong = await t.send(`POST ${RESULTS}/compliance`, { entity: "stack", continuationToken: "x" });
    expect(wrong.status).toBe(400);
  });

  test.each([
    ["project", ["web"]],
    ["pack", [""]],
    ["policy", ["few", "length", "prefix"]],
    ["severity", ["high", "low"]],
    ["framework", ["PCI DSS 4.0"]],
  ])("scores are shown by %s", async (by, names) => {
    const { stack } = await enforced();
    await policyRun(stack, { lines: ["rex !length prefix"] });
    const { body } = await t.send(`GET ${OWN}?by=${by}`);
    const pets = body.scores.filter(({ policyPack }: { policyPack: string }) => policyPack === "pets");
    expect(pets.map(({ name }: Score) => name)).toEqual(names);
    for (const score of pets) {
      expect(score).toMatchObject({ evaluatedAt: expect.any(String), stacks: expect.any(Number) });
      expect("resourceScore" in score).toBe(by !== "severity" && by !== "framework");
    }
  });

  test.each<[string, object]>([
    ["another version", { addPolicyPack: { name: "pets", versionTag: "2.0.0" } }],
    [
      "another level",
      { addPolicyPack: { name: "pets", versionTag: "1.0.0", config: { all: { enforcementLevel: "mandatory" } } } },
    ],
  ])("a score is stale from when the group has %s until the next run", async (_, change) => {
    const { stack, group } = await enforced();
    await policyRun(stack, { lines: [all] });
    expect(await scoresOf(stack)).toMatchObject({ staleStacks: 0 });
    await edit(t, group, change);
    expect(await scoresOf(stack)).toMatchObject({ staleStacks: 1, policyPackTags: ["1.0.0"] });
    await edit(t, group, { addPolicyPack: { name: "pets", versionTag: "1.0.0" } });
    expect(await scoresOf(stack)).toMatchObject({ staleStacks: 0 });
    await edit(t, group, change);
    const { versionTag } = (change as { addPolicyPack: { versionTag: string } }).addPolicyPack;
    await policyRun(stack, { lines: ["rex prefix"], tag: versionTag });
    expect(await scoresOf(stack)).toMatchObject({ staleStacks: 0, policyPackTags: [versionTag] });
  });

  test("a run that leaves out the pack does not evaluate it", async () => {
    const { stack } = await enforced();
    const evaluated = async (pack: string) => {
      await policyRun(stack, { lines: [all], pack });
      return (await scoresOf(stack))?.evaluatedAt;
    };
    expect(await evaluated("local")).toBeUndefined();
    const first = await evaluated("pets");
    expect(await evaluated("local")).toBe(first);
    expect(await evaluated("pets")).not.toBe(first);
  });

  test("an update that ran while its group was edited leaves a stale score", async () => {
    const { stack, group } = await enforced();
    const update = await stack.run();
    await edit(t, group, { addPolicyPack: { name: "pets", versionTag: "2.0.0" } });
    await update.complete();
    expect(await scoresOf(stack)).toMatchObject({ staleStacks: 1, policyPackTags: ["1.0.0"] });
  });

  test("a stack in two groups that have a pack counts once, in the group whose entry counts", async () => {
    const { stack, group } = await enforced();
    const other = await newGroup(t);
    const addStack = { name: stack.name, routingProject: "web" };
    await edit(t, other, { addStack, addPolicyPack: { name: "pets", versionTag: "2.0.0" } });
    await policyRun(stack, { lines: ["rex prefix"], tag: "2.0.0" });
    expect(await scoresOf(stack)).toMatchObject({ stacks: 1, policies: 2 });
    const { body } = await t.send(`POST ${RESULTS}/policies`, { startRow: 0, endRow: 1000 });
    const groups = body.policies.map(({ policyGroupName }: { policyGroupName: string }) => policyGroupName);
    expect(groups).toContain(other);
    expect(groups).not.toContain(group);
  });

  test("when a pack is taken away its score is gone, and its resources are counted no more", async () => {
    const { stack, group } = await enforced();
    const reader = await team(t, `${group}-counters`, { [`web/${stack.name}`]: 101 });
    await policyRun(stack, { lines: ["rex !length"] });
    await edit(t, group, { removePolicyPack: { name: "pets" } });
    expect([await scoresOf(stack), await onWire(stack)]).toEqual([undefined, -1]);
    await t.upkeep();
    const { body } = await t.send(`GET ${RESULTS}/metadata`, undefined, { as: reader });
    expect(body).toMatchObject({ policyTotalCount: 0, resourcesTotalCount: 0 });
  });
});
