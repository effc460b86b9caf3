import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { requirePack } from "../../testing/group.ts";
import { makeToken, person } from "../../testing/people.ts";
import { newStack } from "../../testing/stack.ts";

const OWN = "/api/quillon/orgs/acme";
const none = { mandatory: 0, advisory: 0, excepted: 0, remediated: 0, notEvaluated: 0, passed: 0 };
const policy = { ...none, name: "two-words", description: "", severity: "", mandatory: 1, passed: 2 };
const pack = { name: "names", version: "1.0.0" };
const result = {
  ...{ kind: "violated", pack: "names", version: "1.0.0", policy: "two-words", level: "mandatory", severity: "high" },
  ...{ urn: "urn:pulumi:dev::shop::a:b:C::rex", message: "Too short. \ud800" },
};
const checked = { packs: [{ ...pack, policies: [policy] }], results: [result], leftOut: 3 };

describe.each(engines)("checks of stacks whose state is elsewhere on $name", (engine) => {
  let t: TestApp;
  let made = 0;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "names");
  });
  afterAll(() => t.close());

  async function elsewhere(): Promise<{ path: string; name: string }> {
    made += 1;
    const name = `dev${made}`;
    await t.send(`PUT ${OWN}/elsewhere`, { backend: "s3://states", project: "shop", stack: name });
    return { path: `${OWN}/stacks/shop/${name}`, name };
  }

  test("the last one is kept, says that it enforced nothing, and by whom it was sent", async () => {
    const { path, name } = await elsewhere();
    expect(await t.send(`GET ${path}/check`)).toMatchObject({ status: 200, body: {} });
    await t.send(`PUT ${path}/check`, { packs: [], results: [], leftOut: 0 });
    expect(await t.send(`PUT ${path}/check`, checked)).toMatchObject({ status: 200, body: {} });
    const { body } = await t.send(`GET ${path}/check`);
    expect(body.check).toMatchObject({
      enforced: false,
      checkedAt: expect.stringMatching(/^\d{4}-/),
      checkedBy: { githubLogin: "admin" },
      report: {
        ...{ organization: "acme", stack: { project: "shop", name }, leftOut: 3 },
        counts: { ...none, mandatory: 1, passed: 2, accepted: 0 },
        packs: [{ ...pack, required: true, policies: [policy] }],
        results: [{ ...result, message: expect.stringMatching(/^Too short\. /), project: "shop", stack: name }],
      },
    });
  });

  test("packs may have as many policies as can be published", async () => {
    const { path } = await elsewhere();
    const policies = Array.from({ length: 4831 }, (_, index) => ({
      ...policy,
      ...{ name: `disallow-something-${index}`, description: "What it disallows. ".repeat(15) },
    }));
    expect(await t.send(`PUT ${path}/check`, { ...checked, packs: [{ ...pack, policies }] })).toMatchObject({
      status: 200,
    });
    const { report } = (await t.send(`GET ${path}/check`)).body.check;
    expect(report.packs[0].policies).toHaveLength(4831);
    expect(report.counts).toMatchObject({ mandatory: 4831, passed: 2 * 4831 });
  });

  test("it is no run, no receipt, no finding and no evaluation", async () => {
    const { path, name } = await elsewhere();
    const overview = async () => (await t.send(`GET ${OWN}/stacks?search=shop/${name}`)).body;
    const before = await overview();
    // How many there are is not known.
    expect(before.stacks[0]).not.toHaveProperty("resourceCount");
    await t.send(`PUT ${path}/check`, checked);
    expect(await overview()).toEqual(before);
    expect((await t.send(`GET ${path}/updates`)).body.updates).toEqual([]);
    const report = await t.send(`GET ${OWN}/findings/report?stack=shop/${name}`);
    expect(report.body.results).toEqual([]);
    const receipts = await t.send(`GET ${OWN}/receipts?stack=shop/${name}`);
    expect(receipts.body.receipts).toEqual([]);
  });

  test("a stack whose state is here has none, because its runs say more", async () => {
    const { name } = await newStack(t);
    const answer = await t.send(`PUT ${OWN}/stacks/web/${name}/check`, checked);
    expect(answer).toMatchObject({ status: 400, body: { id: "stack_held" } });
  });

  test("who may only read the stack may read it, and not send one; to others the stack does not exist", async () => {
    const { path } = await elsewhere();
    await t.send(`PUT ${path}/check`, checked);
    await t.send(`PATCH ${OWN}`, { defaultStackPermission: "read" });
    const as = await person(t, "reader");
    expect(await t.send(`GET ${path}/check`, undefined, { as })).toMatchObject({
      body: { check: { enforced: false } },
    });
    expect((await t.send(`PUT ${path}/check`, checked, { as })).status).toBe(403);
    await t.send(`PATCH ${OWN}`, { defaultStackPermission: "none" });
    expect((await t.send(`GET ${path}/check`, undefined, { as })).status).toBe(404);
    expect((await t.send(`PUT ${path}/check`, checked, { as })).status).toBe(404);
    await t.send(`PATCH ${OWN}`, { defaultStackPermission: "write" });
  });

  test("a token that is limited to other projects can neither send nor read it", async () => {
    const { path } = await elsewhere();
    const { as } = await makeToken(t, "/api/orgs/acme", { name: "web-only", projects: ["web"] });
    expect((await t.send(`PUT ${path}/check`, checked, { as })).status).toBe(404);
    expect((await t.send(`GET ${path}/check`, undefined, { as })).status).toBe(404);
  });

  test.each<[what: string, body: object]>([
    ["too many results", { ...checked, results: Array.from({ length: 1001 }, () => result) }],
    ["a message that is too long", { ...checked, results: [{ ...result, message: "x".repeat(4001) }] }],
    ["inputs of a resource", { ...checked, results: [{ ...result, inputs: { password: "hunter2" } }] }],
    ["a NUL", { ...checked, results: [{ ...result, message: "\0" }] }],
    ["a count below 0", { ...checked, packs: [{ ...pack, policies: [{ ...policy, passed: -1 }] }] }],
  ])("%s is refused", async (_, body) => {
    const { path } = await elsewhere();
    expect(await t.send(`PUT ${path}/check`, body)).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    expect((await t.send(`GET ${path}/check`)).body).toEqual({});
  });
});
