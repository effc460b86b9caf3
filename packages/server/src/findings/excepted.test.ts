import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { edit, requirePack } from "../testing/group.ts";
import { OLDER, type PolicyRun, policyRun, urnOf, usualReason } from "../testing/policy-run.ts";
import { newStack, type TestStack } from "../testing/stack.ts";

const ISSUES = "/api/orgs/acme/policyresults/issues";
const usual = [{ id: expect.stringMatching(/^EXC-\d+$/), reason: usualReason }];
const PULUMI = { accept: "application/vnd.pulumi+9" };

const policies = ["length", "prefix", "few"].map((name) => ({
  name,
  description: "d",
  enforcementLevel: "mandatory",
  message: "m",
}));

describe.each(engines)("excepted violations on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets", policies);
  });
  afterAll(() => t.close());

  const admin = () => ({ authorization: `token ${t.token}`, "content-type": "application/json" });
  const up = (on: TestStack, lines: string[], more: PolicyRun = {}) =>
    policyRun(on, { lines, level: "mandatory", ...more });

  async function rows(on: TestStack) {
    const { body } = await t.send(`GET ${on.path}`);
    return t.db
      .selectFrom("findings")
      .where("stack_id", "=", body.id)
      .orderBy("urn")
      .orderBy("policy")
      .selectAll()
      .execute();
  }
  /** One line for each finding: `rex length excepted`. */
  const findings = async (on: TestStack) =>
    (await rows(on)).map(({ urn, policy, status, ended, reopened }) =>
      [urn.split("::").at(-1), policy, ended ?? status, reopened || ""].filter(Boolean).join(" "),
    );

  /** What the runs say of each resource, and what its finding is then. A run with nothing of a resource does not evaluate it. */
  const lives: Record<string, [said: string, expected: string][]> = {
    "new, and passes later": [
      ["^length", "excepted"],
      ["length", "fixed"],
    ],
    "new, and is gone later": [
      ["^length", "excepted"],
      ["", "excepted"],
      ["-", "fixed"],
    ],
    "open first": [
      ["!length", "open"],
      ["^length", "excepted"],
    ],
    "shown without it later, and was never fixed": [
      ["^length", "excepted"],
      ["!length", "open"],
      ["^length", "excepted"],
      ["!length", "open"],
    ],
    "fixed first, and comes back": [
      ["!length", "open"],
      ["length", "fixed"],
      ["^length", "excepted 1"],
      ["!length", "open 1"],
      ["length", "fixed 1"],
    ],
    "told twice, once without an exception": [["^length !length", "open"]],
  };

  test("a violation that is excepted is no open finding, whatever it was before and becomes later", async () => {
    const on = await newStack(t);
    const all = Object.values(lives);
    for (let run = 0; run < Math.max(...all.map((life) => life.length)); run += 1) {
      const said = all.flatMap((life, n) => (life[run]?.[0] ? [`pet${n} ${life[run]?.[0]}`] : []));
      await up(
        on,
        said.map((line) => (line.endsWith(" -") ? `-${line.slice(0, -2)}` : line)),
      );
      const expected = all.map((life, n) => `pet${n} length ${(life[run] ?? life.at(-1))?.[1]}`);
      expect(await findings(on)).toEqual(expected);
    }
  });

  test("so is a stack policy's, for the resource that it names", async () => {
    const on = await newStack(t);
    await up(on, ["rex length", "stack ^few@rex !few@tom"]);
    expect(await findings(on)).toEqual(["rex few excepted", "tom few open"]);
  });

  test("it keeps when it was seen and since when it is excepted, and what is said of it", async () => {
    const on = await newStack(t);
    await up(on, ["rex ^length"]);
    const [first] = await rows(on);
    expect(first).toMatchObject({ level: "mandatory", exceptions: usual, resolved_at: first?.last_seen_at });
    await up(on, ["rex ^length"]);
    const [second] = await rows(on);
    expect(second).toMatchObject({ first_seen_at: first?.first_seen_at, resolved_at: first?.resolved_at });
    expect(second?.last_seen_at.getTime()).toBeGreaterThan(first?.last_seen_at.getTime() ?? 0);
    expect(second?.modified_at).toEqual(first?.modified_at);
  });

  test("it names all exceptions that match, as they are now, with their ends wherever it is shown", async () => {
    const on = await newStack(t);
    await up(on, ["rex ^length"]);
    const match = [{ policies: ["length"], targets: [urnOf(on.name, "rex")] }];
    const wish = { policyPack: "pets", match, reason: "Empty.", expiresInSeconds: 7200 };
    const { id, expiresAt } = (await t.send("POST /api/orgs/acme/policy/exceptions", wish)).body;
    await up(on, ["rex ^length"], { dryRun: true, kind: "preview" });
    const both = [...usual, { id, reason: "Empty.", expiresAt }];
    const { body: predicted } = await t.send(`GET /api/quillon/orgs/acme/predictions?stack=web/${on.name}`);
    expect(predicted.predictions).toMatchObject([{ exceptions: both }]);
    await up(on, ["rex ^length"]);
    const [rex] = await rows(on);
    expect(rex?.exceptions).toEqual(both);
    const { body: one } = await t.send(`GET ${ISSUES}/${rex?.id}`);
    expect(one.policyIssue.exceptions).toEqual(both);
    const run = `GET /api/quillon/orgs/acme/stacks/web/${on.name}/updates/latest/results`;
    expect((await t.send(run)).body.results).toMatchObject([{ exceptions: both }]);
    const report = `GET /api/quillon/orgs/acme/findings/report?stack=web/${on.name}`;
    expect((await t.send(report)).body.results).toMatchObject([{ exceptions: both }]);
    const justification = expect.stringMatching(
      new RegExp(`^EXC-\\d+: ${usualReason}; ${id}: Empty\\. \\(until ${expiresAt}\\)$`),
    );
    const { body: log } = await t.send(`${report}&format=sarif`);
    expect(log.runs[0].results).toMatchObject([{ suppressions: [{ justification }] }]);
    const csv = await t.send(`POST ${ISSUES}/export?closed=true`, {});
    expect(csv.body).toContain(`; ${id}: Empty. (until ${expiresAt}),\r\n`);
  });

  test("triage comes back with the violation, unless that is worse than what was ignored", async () => {
    const on = await newStack(t);
    await up(on, ["rex !length", "tom !length"], { level: "advisory" });
    for (const { id } of await rows(on))
      await t.send(`PATCH ${ISSUES}/${id}`, { status: "ignored", reason: "r", expiresAt: "2999-01-01T00:00:00Z" });
    await up(on, ["rex ^length", "tom ^length"]);
    await up(on, ["rex !length"], { level: "advisory" });
    await up(on, ["tom !length"]);
    expect(await findings(on)).toEqual(["rex length ignored", "tom length open"]);
  });

  test("it is withdrawn when its policy need not run any more", async () => {
    const on = await newStack(t);
    await up(on, ["rex ^length"]);
    await edit(t, "default-policy-group", { removePolicyPack: { name: "pets", versionTag: "1.0.0" } });
    expect(await findings(on)).toEqual(["rex length withdrawn"]);
    await edit(t, "default-policy-group", { addPolicyPack: { name: "pets", versionTag: "1.0.0" } });
  });

  test("scores have it beside what passes, and never as passed", async () => {
    const on = await newStack(t);
    const score = async () => {
      const { body } = await t.send(`GET /api/quillon/orgs/acme/compliance`);
      const { body: table } = await t.send("POST /api/orgs/acme/policyresults/compliance", { entity: "stack" });
      const one = body.scores.find(({ name }: { name: string }) => name === `web/${on.name}`);
      const row = table.rows.find(({ entityName }: { entityName: string }) => entityName === `web/${on.name}`);
      const { passingPolicies, policies, exceptedPolicies, cleanResources, governedResources, exceptedResources } = one;
      return [
        `${passingPolicies} of ${policies}, ${exceptedPolicies} excepted: ${row.scores}`,
        `${cleanResources} of ${governedResources}, ${exceptedResources} excepted`,
      ];
    };
    await up(on, ["rex ^length prefix", "tom length prefix", "kim ^length !prefix", "stack few"]);
    expect(await score()).toEqual(["1 of 3, 1 excepted: 33", "1 of 3, 1 excepted"]);
    await up(on, ["kim length ^prefix", "stack ^few@rex"]);
    expect(await score()).toEqual(["0 of 3, 3 excepted: 0", "1 of 3, 2 excepted"]);
    await up(on, ["rex !length prefix", "stack few"]);
    expect(await score()).toEqual(["1 of 3, 1 excepted: 33", "1 of 3, 1 excepted"]);
    await up(on, ["rex length prefix", "kim length prefix"]);
    expect(await score()).toEqual(["3 of 3, 0 excepted: 100", "3 of 3, 0 excepted"]);
  });

  test("what a preview shows is predicted, and blocks nothing", async () => {
    const on = await newStack(t);
    await up(on, ["rex ^length", "tom !length"], { dryRun: true, kind: "preview" });
    const { body } = await t.send(`GET /api/quillon/orgs/acme/predictions?stack=web/${on.name}`);
    const [rex, tom] = body.predictions.toSorted((a: { resourceURN: string }, b: { resourceURN: string }) =>
      a.resourceURN < b.resourceURN ? -1 : 1,
    );
    expect([rex, tom]).toMatchObject([
      { resourceURN: urnOf(on.name, "rex"), blocked: false, exceptions: usual },
      { resourceURN: urnOf(on.name, "tom"), blocked: true },
    ]);
    expect(tom).not.toHaveProperty("exceptions");
    expect(await findings(on)).toEqual([]);
  });

  test("a pack that does not apply exceptions blocks, and each place says which one it did not apply", async () => {
    const on = await newStack(t);
    const id = await on.except("pets", "length", urnOf(on.name, "rex"), usualReason);
    const create = async (client: string) => {
      const headers = { ...admin(), "user-agent": client };
      return (await t.send(`POST ${on.path}/preview`, {}, { headers })).body;
    };
    expect(await create(OLDER)).not.toHaveProperty("messages");
    const lines = ["rex !length !prefix", "tom !length"];
    const run = { client: OLDER, dryRun: true, kind: "preview", status: "failed" };
    await up(on, lines, run);
    const predictions = async () => {
      const { body } = await t.send(`GET /api/quillon/orgs/acme/predictions?blocked=true&stack=web/${on.name}`);
      return body.predictions.map((one: { resourceURN: string; policyName: string; unappliedExceptions?: object }) => [
        `${one.resourceURN.split("::").at(-1)} ${one.policyName}`,
        one.unappliedExceptions,
      ]);
    };
    const unapplied = [{ id, reason: usualReason }];
    const blocked = [
      ["rex length", unapplied],
      ["tom length", undefined],
      ["rex prefix", undefined],
    ];
    expect((await predictions()).toSorted()).toEqual(blocked.toSorted());
    for (const query of ["", `?stack=web/${on.name}`]) {
      const { exceptions } = (await t.send(`GET /api/quillon/orgs/acme/exceptions${query}`)).body;
      const told = exceptions.filter((one: object) => "unappliedIn" in one);
      expect(told).toMatchObject([{ id, unappliedIn: [{ project: "web", stack: on.name }] }]);
    }
    const { body } = await t.send(`GET /api/quillon/orgs/acme/stacks/web/${on.name}/updates/latest/results`);
    expect(body.counts).toMatchObject({ mandatory: 3, excepted: 0 });
    const named = body.results.filter((one: object) => "unappliedExceptions" in one);
    expect(named).toMatchObject([{ urn: urnOf(on.name, "rex"), policy: "length", unappliedExceptions: unapplied }]);
    expect(named[0]).not.toHaveProperty("exceptions");
    const [message, ...others] = (await create(OLDER)).messages;
    expect(others).toEqual([]);
    expect(message).toEqual({
      severity: "warning",
      message: expect.stringContaining(`policy pack pets in this stack (${id})`),
    });
    expect(message.message).toContain("Pulumi CLI v3.220.0 does not apply exceptions");
    expect(await create("pulumi-cli/1 (v3.274.1; linux)")).not.toHaveProperty("messages");
    await t.send(`DELETE /api/orgs/acme/policy/exceptions/${id}`);
    expect((await predictions()).flatMap(([, exceptions]: [string, object?]) => exceptions ?? [])).toEqual([]);
    expect(await create(OLDER)).not.toHaveProperty("messages");
    const other = await on.except("pets", "length", urnOf(on.name, "rex"), "Again.");
    await up(on, lines, run);
    expect((await create(OLDER)).messages).toHaveLength(1);
    // A pack that applies them says advisory, and nothing is left to tell.
    await up(on, ["rex !length prefix"], { ...run, level: "advisory", status: "succeeded" });
    expect(await create(OLDER)).not.toHaveProperty("messages");
    expect(await predictions()).toEqual([]);
    expect(other).not.toBe(id);
  });

  test("reports have it last, and count it apart", async () => {
    const on = await newStack(t);
    await up(on, ["rex ^length", "tom !length", "kim ^length !length"]);
    const counts = { mandatory: 2, advisory: 0, accepted: 0, excepted: 1 };
    const excepted = { urn: urnOf(on.name, "rex"), level: "mandatory", exceptions: usual };
    const { body: run } = await t.send(`GET /api/quillon/orgs/acme/stacks/web/${on.name}/updates/latest/results`);
    expect(run).toMatchObject({ counts, packs: [{ policies: [counts] }] });
    expect(run.results).toHaveLength(3);
    expect(run.results[2]).toMatchObject({ kind: "violated", ...excepted });
    for (const result of run.results.slice(0, 2)) expect(result).not.toHaveProperty("exceptions");
    const report = `GET /api/quillon/orgs/acme/findings/report?stack=web/${on.name}`;
    const { body: found } = await t.send(report);
    expect(found).toMatchObject({ counts, packs: [{ policies: [counts] }] });
    expect(found.results).toHaveLength(3);
    expect(found.results[2]).toMatchObject({ ...excepted, finding: { status: "excepted" } });
    const { body: log } = await t.send(`${report}&status=excepted&format=sarif`);
    expect(log.runs[0].results).toMatchObject([
      {
        suppressions: [
          {
            kind: "external",
            status: "accepted",
            justification: expect.stringMatching(/^EXC-\d+: Replaced in March.$/),
          },
        ],
      },
    ]);
  });

  test("lists have it with those that ended, as excepted, and clients of Pulumi's API read that it is exempt", async () => {
    const on = await newStack(t);
    await up(on, ["rex ^length", "tom !length"]);
    const where = (status: string) => ({
      filterModel: {
        type: "AND",
        conditions: [
          { colId: "entityId", filter: on.name, filterType: "text", type: "equals" },
          { colId: "status", filter: status, filterType: "text", type: "equals" },
        ],
      },
    });
    const list = async (closed: boolean, status: string, headers = {}) =>
      (await t.send(`POST ${ISSUES}?closed=${closed}`, where(status), { headers: { ...admin(), ...headers } })).body
        .policyIssues;
    const names = { exempt: true, policyExceptionNames: [expect.stringMatching(/^EXC-/)] };
    const [ours] = await list(true, "excepted");
    expect(ours).toMatchObject({ status: "excepted", ...names, exceptions: usual });
    const [theirs] = await list(true, "ignored", PULUMI);
    expect(theirs).toMatchObject({ id: ours.id, status: "ignored", ...names });
    expect(theirs).not.toHaveProperty("exceptions");
    expect(await list(true, "ignored")).toEqual([]);
    const [open] = await list(false, "open");
    expect(open).toMatchObject({ exempt: false });
    expect(open).not.toHaveProperty("policyExceptionNames");
    const csv = await t.send(`POST ${ISSUES}/export?closed=true`, where("excepted"));
    expect(csv.body).toMatch(/,excepted,[^\n]*,EXC-\d+,,EXC-\d+: Replaced in March\.,\r?\n$/);
    const values = await t.send(`POST ${ISSUES}/filters?closed=true`, { field: "status", ...where("excepted") });
    expect(values.body.values).toEqual([{ name: "excepted", count: 1 }]);
    const groups = await t.send("GET /api/quillon/orgs/acme/finding-groups?closed=true&status=excepted");
    expect(groups.body.groups).toMatchObject([{ resourceName: "rex", stackNames: expect.arrayContaining([on.name]) }]);
  });

  test("what a pack says of an exception is not in the finding, which may be open again when it has ended", async () => {
    const on = await newStack(t);
    const urn = urnOf(on.name, "rex");
    const id = await on.except("pets", "length", urn, usualReason);
    const ofPack = { policyPackName: "pets", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0" };
    const message = `d\nToo short.\nThis violation does not fail the run: ${id} excepts it without an end (reason: ${usualReason}).`;
    const policyEvent = { ...ofPack, policyName: "length", enforcementLevel: "advisory", message, resourceUrn: urn };
    const summary = { policyAnalyzeSummaryEvent: { ...ofPack, passed: [], failed: ["length"], resourceUrn: urn } };
    const done = { resOutputsEvent: { planning: false, metadata: { op: "same", urn } } };
    await policyRun(on, { client: OLDER, events: [{ policyEvent }, summary, done] });
    expect(await rows(on)).toMatchObject([{ message: "d\nToo short.", level: "mandatory", ended: "excepted" }]);
    await t.send(`DELETE /api/orgs/acme/policy/exceptions/${id}`);
    expect(await rows(on)).toMatchObject([{ message: "d\nToo short.", ended: null }]);
  });

  test.each([
    { name: "which is all of it", said: (line: string) => line, left: "" },
    { name: "which it has many times", said: (line: string) => `${line.repeat(200)}\n${line}`, left: 200 },
    { name: "which other lines follow", said: (line: string) => `${line}\nToo short.`, left: "Too short." },
  ])("of a message only the last line is taken away, $name", async ({ said, left }) => {
    const on = await newStack(t);
    const urn = urnOf(on.name, "rex");
    const id = await on.except("pets", "length", urn, usualReason);
    const line = `This violation does not fail the run: ${id} excepts it for now.`;
    const ofPack = { policyPackName: "pets", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0" };
    const policyEvent = {
      ...{ ...ofPack, policyName: "length", enforcementLevel: "advisory", resourceUrn: urn },
      message: said(line),
    };
    const summary = { policyAnalyzeSummaryEvent: { ...ofPack, passed: [], failed: ["length"], resourceUrn: urn } };
    const done = { resOutputsEvent: { planning: false, metadata: { op: "same", urn } } };
    await policyRun(on, { client: OLDER, events: [{ policyEvent }, summary, done] });
    const message = typeof left === "number" ? line.repeat(left) : left && `${line}\n${left}`;
    expect(await rows(on)).toMatchObject([{ message, ended: "excepted" }]);
  });
});
