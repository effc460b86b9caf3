import { parseXml } from "@rgrove/parse-xml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newVersion } from "../../testing/group.ts";
import { person } from "../../testing/people.ts";
import { newStack, type TestStack, type TestUpdate } from "../../testing/stack.ts";

const FINDINGS = "/api/quillon/orgs/acme/findings/report";
const formats = ["json", "sarif", "junit", "csv", "markdown"];

const policies = [
  {
    name: "length",
    displayName: "",
    description: "Long names.",
    enforcementLevel: "mandatory",
    message: "m",
    remediationSteps: "Set length to 2.",
    url: "https://pets.example/names",
  },
  {
    name: "owner",
    displayName: "",
    description: "",
    severity: "low",
    enforcementLevel: "advisory",
    message: "m",
    remediationSteps: "Nobody needs it, because nothing violates it.",
  },
];
const ofPack = { policyPackName: "pets", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0" };
const local = { policyPackName: "mine", policyPackVersion: "", policyPackVersionTag: "" };
const urnOf = (name: string) => `urn:pulumi:dev::web::my:a:A$random:index/pet:Pet::${name}`;
const violated = (name: string, more: object = {}) => ({
  policyEvent: {
    ...ofPack,
    resourceUrn: urnOf(name),
    policyName: "length",
    message: `Long names.\n${name} is short`,
    enforcementLevel: "mandatory",
    severity: "high",
    ...more,
  },
});
const analyzed = (name: string, outcome: { passed?: string[]; failed?: string[] }, pack = ofPack) => ({
  policyAnalyzeSummaryEvent: { ...pack, resourceUrn: urnOf(name), passed: [], failed: [], ...outcome },
});
const deployed = (name: string) => ({ resOutputsEvent: { metadata: { op: "create", urn: urnOf(name) } } });

async function send(update: TestUpdate, events: object[]) {
  const { status } = await update.events(events.map((event, sequence) => ({ sequence, timestamp: 0, ...event })));
  expect(status).toBe(200);
}

describe.each(engines)("reports on $name", (engine) => {
  let t: TestApp;
  let on: TestStack;
  let preview: TestUpdate;
  let results: (update: string, query?: string) => ReturnType<TestApp["send"]>;

  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await newVersion(t, "pets", "1.0.0", policies);
    await newVersion(t, "idle", "2.0.0");
    for (const [name, versionTag] of Object.entries({ pets: "1.0.0", idle: "2.0.0" }))
      await edit(t, "default-policy-group", { addPolicyPack: { name, versionTag } });
    on = await newStack(t);
    const own = `/api/quillon/orgs/acme/stacks/web/${on.name}/updates`;
    results = (update, query = "") => t.send(`GET ${own}/${update}/results${query}`);
    expect(await results("latest")).toMatchObject({ status: 404, body: { id: "run_none" } });
    preview = await on.run("preview", true);
    await send(preview, [
      violated("tom", { enforcementLevel: "advisory", severity: "" }),
      violated("rex"),
      violated("rex", { message: "Long names.\nrex is rude" }),
      violated("rex"),
      violated("zoe", { ...local, policyName: "age", enforcementLevel: "advisory" }),
      {
        policyEvent: {
          ...ofPack,
          resourceUrn: urnOf("new"),
          policyName: "owner",
          message: "can't run policy 'owner' during preview: unknown",
          enforcementLevel: "advisory",
        },
      },
      { policyRemediationEvent: { ...ofPack, resourceUrn: urnOf("rex"), policyName: "owner" } },
      analyzed("rex", { passed: ["owner"], failed: ["length"] }),
      analyzed("kim", { passed: ["length", "owner"] }),
      analyzed("zoe", { failed: ["age"] }, local),
    ]);
    await preview.complete("failed");
  });
  afterAll(() => t.close());

  test("the results of a preview are its violations, remediations, and counts, the worst first", async () => {
    const { status, body, headers } = await results(preview.id);
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(body).toMatchObject({
      organization: "acme",
      stack: { project: "web" },
      update: { id: preview.id, kind: "preview", dryRun: true, status: "failed", folder: "" },
      counts: { mandatory: 1, advisory: 2, accepted: 0, excepted: 0, remediated: 1, notEvaluated: 1, passed: 3 },
      leftOut: 0,
    });
    expect(body.packs).toMatchObject([
      { name: "mine", version: "", required: false, policies: [{ name: "age", advisory: 1 }] },
      {
        name: "pets",
        version: "1.0.0",
        required: true,
        policies: [
          { name: "length", description: "Long names.", severity: "high", mandatory: 1, advisory: 1, passed: 1 },
          { name: "owner", severity: "low", remediated: 1, notEvaluated: 1, passed: 2 },
        ],
      },
      { name: "idle", version: "2.0.0", required: true, policies: [] },
    ]);
    expect(body.results).toMatchObject([
      { kind: "violated", level: "mandatory", urn: urnOf("rex"), message: "rex is short\nrex is rude" },
      { kind: "violated", level: "advisory", pack: "mine", policy: "age" },
      { kind: "violated", level: "advisory", pack: "pets", urn: urnOf("tom") },
      { kind: "not-evaluated", policy: "owner", urn: urnOf("new") },
      { kind: "remediated", policy: "owner", urn: urnOf("rex") },
    ]);
  });

  test("a policy that is violated says how to fix it", async () => {
    const { packs } = (await results(preview.id)).body;
    const [length, owner] = packs.find(({ name }: { name: string }) => name === "pets").policies;
    expect(length).toMatchObject({ remediationSteps: "Set length to 2.", url: "https://pets.example/names" });
    expect(owner).not.toHaveProperty("remediationSteps");
    const text = (await results(preview.id, "?format=markdown")).body;
    expect(text).toContain("<summary>How to fix it</summary>");
    expect(text).toContain("Set length to 2.");
  });

  test("each format has its content type, and what it must have", async () => {
    const types = await Promise.all(formats.map(async (one) => (await results(preview.id, `?format=${one}`)).headers));
    expect(types.map((headers) => headers["content-type"])).toEqual([
      "application/json; charset=utf-8",
      "application/sarif+json; charset=utf-8",
      "application/xml; charset=utf-8",
      "text/csv; charset=utf-8; header=present",
      "text/markdown; charset=utf-8",
    ]);
    const sarif = (await results(preview.id, "?format=sarif")).body.runs[0];
    expect(sarif.automationDetails.id).toMatch(/^quillon\/acme\/web\/dev\d+\//);
    expect(sarif.results).toHaveLength(3);
    const { root } = parseXml((await results(preview.id, "?format=junit")).body);
    expect(root?.attributes).toMatchObject({ tests: "4", failures: "3", skipped: "0" });
    expect((await results(preview.id, "?format=csv")).body.split("\r\n")).toHaveLength(7);
    expect((await results(preview.id, "?format=markdown")).body).toMatch(
      "### ❌ 1 mandatory and 2 advisory violations",
    );
    expect(await results(preview.id, "?format=pdf")).toMatchObject({ status: 400, body: { id: "invalid_input" } });
  });

  test("an update is found by its id, its version, and as the latest", async () => {
    const at = await newStack(t);
    const path = `/api/quillon/orgs/acme/stacks/web/${at.name}/updates`;
    const update = await at.run();
    await send(update, [violated("rex"), analyzed("rex", { failed: ["length"] }), deployed("rex")]);
    await update.complete();
    const later = await at.run("refresh");
    await later.complete();
    for (const name of ["latest", update.id, String(update.version)]) {
      const { body } = await t.send(`GET ${path}/${name}/results`);
      expect(body).toMatchObject({ update: { id: update.id, version: update.version }, counts: { mandatory: 1 } });
    }
    expect((await t.send(`GET ${path}/${later.id}/results`)).body).toMatchObject({ packs: [], results: [] });
    for (const foreign of [preview.id, "99", "other"])
      expect(await t.send(`GET ${path}/${foreign}/results`)).toMatchObject({
        status: 404,
        body: { id: "update_not_found" },
      });
  });

  test("findings are reported with their triage, to those who may read the stack", async () => {
    const [one, two] = [await newStack(t), await newStack(t)];
    for (const [at, names] of [
      [one, ["ada", "bob"]],
      [two, ["eve"]],
    ] as const) {
      const update = await at.run();
      await send(
        update,
        names.flatMap((name) => [
          violated(name, { policyName: "owner", enforcementLevel: name === "eve" ? "mandatory" : "advisory" }),
          analyzed(name, { failed: ["owner"] }),
          deployed(name),
        ]),
      );
      await update.complete();
    }
    const stackOf = (at: TestStack) => `web/${at.name}`;
    const all = (await t.send(`GET ${FINDINGS}?pack=pets`)).body;
    expect(all).not.toHaveProperty("stack");
    const [first] = all.results;
    expect(first).toMatchObject({ level: "mandatory", finding: { status: "open" } });
    const ofOne = (await t.send(`GET ${FINDINGS}?stack=${stackOf(one)}`)).body.results;
    ofOne.sort((a: { urn: string }, b: { urn: string }) => (a.urn < b.urn ? -1 : 1));
    expect(ofOne.map(({ urn }: { urn: string }) => urn)).toEqual([urnOf("ada"), urnOf("bob")]);
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    await t.send(`PATCH /api/orgs/acme/policy/findings/${ofOne[0].finding.id}`, {
      ...{ status: "ignored", reason: "small", expiresAt, comment: "Ask Ada." },
    });
    const after = (await t.send(`GET ${FINDINGS}?stack=${stackOf(one)}`)).body;
    expect(after).toMatchObject({ stack: { project: "web" }, counts: { mandatory: 0, advisory: 1, accepted: 1 } });
    expect(after.packs[0].policies[0].description).toBe("");
    const several = await t.send(
      `GET ${FINDINGS}?policy=length&policy=owner&project=web&assignee=&priority=p1&group=default-policy-group`,
    );
    expect(several.body.results.length).toBeGreaterThan(0);
    for (const none of [
      "policy=age&policy=prefix",
      "project=shop",
      "group=",
      "group=other",
      "assignee=admin",
      "priority=p4&priority=p2",
    ])
      expect((await t.send(`GET ${FINDINGS}?pack=pets&${none}`)).body.results).toEqual([]);
    const ignored = (await t.send(`GET ${FINDINGS}?status=ignored`)).body;
    expect(ignored.results).toMatchObject([{ urn: urnOf("ada"), finding: { status: "ignored", reason: "small" } }]);
    expect(ignored.results[0].finding.comment).toBe("Ask Ada.");
    expect((await t.send(`GET ${FINDINGS}?status=ignored&format=csv`)).body).toContain(",Ask Ada.,small\r\n");
    expect((await t.send(`GET ${FINDINGS}?status=ignored&format=sarif`)).body.runs[0].results).toMatchObject([
      { suppressions: [{ justification: "small" }] },
    ]);
    for (const nothing of ["stack=web/none", "stack=web", "pack=other", "severity=low"])
      expect((await t.send(`GET ${FINDINGS}?${nothing}`)).body.results).toEqual([]);

    const as = await person(t, "outsider");
    for (const format of formats) {
      const { status, body } = await t.send(`GET ${FINDINGS}?format=${format}`, undefined, { as });
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toMatch(/urn:pulumi|pets/);
    }
  });

  test("more results than a part has are all there, once each", async () => {
    const at = await newStack(t);
    const update = await at.run("preview", true);
    const names = Array.from({ length: 1010 }, (_, n) => `pet${n}`);
    await send(
      update,
      names.map((name) => violated(name)),
    );
    await update.complete("failed");
    const path = `/api/quillon/orgs/acme/stacks/web/${at.name}/updates/latest/results`;
    const { body } = await t.send(`GET ${path}`);
    expect(new Set(body.results.map(({ urn }: { urn: string }) => urn)).size).toBe(1010);
    expect(body.results).toHaveLength(1010);
    expect(parseXml((await t.send(`GET ${path}?format=junit`)).body).root?.attributes.failures).toBe("1010");
  });
});
