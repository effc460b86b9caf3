import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { requirePack } from "../../testing/group.ts";
import { person } from "../../testing/people.ts";
import { newStack } from "../../testing/stack.ts";

const ROUTE = "PUT /api/quillon/orgs/acme/elsewhere";
const backend = "s3://states/team";
const CLI = { "user-agent": "pulumi-cli/1 (v3.274.1; linux)", accept: "application/vnd.pulumi+9" };

describe.each(engines)("stacks whose state is elsewhere on $name", (engine) => {
  let t: TestApp;
  let made = 0;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets");
  });
  afterAll(() => t.close());

  /** A registered stack. @returns its path in the API. */
  async function elsewhere(): Promise<string> {
    made += 1;
    const { body } = await t.send(ROUTE, { backend, project: "shop", stack: `dev${made}` });
    return `/api/stacks/acme/${body.project}/${body.stack}`;
  }

  test("one is made known once, whatever is secret in the backend's URL", async () => {
    const names = { project: "shop", stack: "prod" };
    const first = await t.send(ROUTE, { backend: `${backend}/?profile=ada`, ...names });
    expect(first).toMatchObject({ status: 200, body: { ...names, backend, made: true } });
    const again = await t.send(ROUTE, { backend: `${backend}?region=eu-west-1`, ...names });
    expect(again.body).toEqual({ ...names, backend, made: false });
    const { body } = await t.send("GET /api/orgs/acme/auditlogs?eventFilter=stack-created");
    expect(JSON.stringify(body)).not.toContain("profile");
  });

  test("the same names in another backend need other names here, which are remembered", async () => {
    const there = { backend: "gs://states", project: "shop", stack: "prod" };
    expect(await t.send(ROUTE, there)).toMatchObject({
      status: 409,
      body: {
        id: "stack_name_taken",
        message:
          "The name acme/shop/prod belongs to another stack here, so the one in gs://states needs another name. Give it one once, and it is remembered: quillon run --as PROJECT/STACK",
      },
    });
    const as = { project: "shop", stack: "prod-gcp" };
    expect((await t.send(ROUTE, { ...there, as })).body).toMatchObject({ ...as, made: true });
    expect((await t.send(ROUTE, there)).body).toMatchObject({ ...as, made: false });
    expect(await t.send(ROUTE, { ...there, as: { project: "shop", stack: "other" } })).toMatchObject({
      status: 409,
      body: { id: "stack_named_already" },
    });
  });

  test("another name is only for a stack whose own is taken, because it could be a way past a selector", async () => {
    const there = { backend, project: "shop", stack: "free" };
    expect(await t.send(ROUTE, { ...there, as: { project: "shop", stack: "unguarded" } })).toMatchObject({
      status: 409,
      body: {
        id: "stack_name_free",
        message: `The stack in ${backend} can't be acme/shop/unguarded here, because its own name acme/shop/free belongs to no other stack. Leave out --as.`,
      },
    });
    const own = { project: "shop", stack: "free" };
    expect((await t.send(ROUTE, { ...there, as: own })).body).toMatchObject({ ...own, made: true });
  });

  test("a stack whose state is here keeps its name", async () => {
    const { name } = await newStack(t);
    const answer = await t.send(ROUTE, { backend, project: "web", stack: name });
    expect(answer).toMatchObject({ status: 409, body: { id: "stack_name_taken" } });
  });

  test.each(["states", "file://~", "https://"])("%s is no backend", async (url) => {
    const answer = await t.send(ROUTE, { backend: url, project: "shop", stack: "x" });
    expect(answer).toMatchObject({ status: 400, body: { id: "invalid_input" } });
  });

  test("to somebody who may not read it, one that is known does not exist", async () => {
    const bob = await person(t, "bob");
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await t.send(ROUTE, { backend, project: "shop", stack: "hidden" });
    const answer = await t.send(ROUTE, { backend, project: "shop", stack: "hidden" }, { as: bob });
    expect(answer).toMatchObject({ status: 404, body: { id: "stack_not_found" } });
  });

  test("a Pulumi CLI that is logged in here can't update it, nor a client of another backend", async () => {
    const path = await elsewhere();
    for (const body of [{}, { backend: "gs://states" }, { backend: `${backend}/` }]) {
      const answer = await t.send(`POST ${path}/update`, body);
      expect(answer).toMatchObject({ status: 400, body: { id: "stack_elsewhere" } });
      expect(answer.body.message).toContain(`is not here, but in ${backend}`);
    }
    const held = await newStack(t);
    const answer = await t.send(`POST ${held.path}/update`, { backend });
    expect(answer).toMatchObject({ status: 400, body: { id: "stack_held" } });
  });

  const state = { version: 3, deployment: {} };
  test.each<[request: string, body?: object]>([
    ["GET /export"],
    ["GET /export/0"],
    ["POST /import", state],
    ["POST /rename", { newName: "other" }],
    ["POST /encrypt", { plaintext: "cw==" }],
    ["POST /decrypt", { ciphertext: "cw==" }],
    ["POST /batch-encrypt", { plaintexts: ["cw=="] }],
    ["POST /batch-decrypt", { ciphertexts: ["cw=="] }],
  ])("%s is refused", async (request, body) => {
    const [method, route] = request.split(" ");
    const answer = await t.send(`${method} ${await elsewhere()}${route}`, body);
    expect(answer).toMatchObject({ status: 400, body: { id: "stack_elsewhere" } });
  });

  async function start(path: string, options = {}) {
    const { body } = await t.send(`POST ${path}/update`, { backend, options });
    const started = await t.send(`POST ${path}/update/${body.updateID}`, {});
    expect(started.status, started.body.message).toBe(200);
    const send = (request: string, sent: object) => {
      const [method, route] = request.split(" ");
      const as = `update-token ${started.body.token}`;
      return t.send(`${method} ${path}/update/${body.updateID}${route}`, sent, { as });
    };
    return { id: body.updateID, required: body.requiredPolicies, send };
  }
  async function receiptOf(id: string) {
    return JSON.parse((await t.send(`GET /api/quillon/orgs/acme/receipts/${id}`)).body.receipt);
  }

  const urn = "urn:pulumi:dev::shop::a:b:C::n";
  const resource = { op: "create", urn, type: "a:b:C", new: { urn, type: "a:b:C", custom: true } };
  const of = { policyPackName: "pets", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0" };
  const events = [
    { resourcePreEvent: { metadata: resource } },
    { policyAnalyzeSummaryEvent: { ...of, resourceUrn: urn, passed: ["two-words"] } },
    { policyAnalyzeStackSummaryEvent: of },
    { summaryEvent: { isPreview: false, resourceChanges: { create: 1 } } },
  ].map((event, sequence) => ({ sequence, timestamp: 0, ...event }));

  test("a run of it is recorded like any other, and its receipt says that states were not compared", async () => {
    const update = await start(await elsewhere());
    expect(update.required).toMatchObject([{ name: "pets", archiveSha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect((await update.send("POST /events/batch", { events })).status).toBe(200);
    const hash = { checkpointHash: "0".repeat(64), sequenceNumber: 1, deploymentDelta: [] };
    for (const [route, body] of [
      ["checkpoint", state],
      ["checkpointverbatim", { version: 3, untypedDeployment: state, sequenceNumber: 1 }],
      ["checkpointdelta", hash],
      ["journalentries", { entries: [] }],
    ] as const) {
      const answer = await update.send(`PATCH /${route}`, body);
      expect({ route, ...answer }).toMatchObject({ status: 400, body: { id: "update_elsewhere" } });
    }
    expect((await update.send("POST /complete", { status: "succeeded" })).status).toBe(200);
    expect(await receiptOf(update.id)).toMatchObject({
      status: "complete",
      states: { notCompared: "The stack's state is in another backend." },
    });
  });

  test.each<[what: string, status: string, sent: object[], receipt: [status: string, reason: string]]>([
    ["ended early", "succeeded", events.slice(0, 2), ["incomplete", "The event with which a run ends never came."]],
    ["sent nothing", "succeeded", [], ["incomplete", "No report: not one event of the run came."]],
    ["was cancelled before it began", "cancelled", [], ["not-applicable", "It was cancelled before it began."]],
  ])("of a run that %s", async (_, status, sent, [wanted, reason]) => {
    const update = await start(await elsewhere());
    await update.send("POST /events/batch", { events: sent });
    await update.send("POST /complete", { status });
    const receipt = await receiptOf(update.id);
    expect(receipt).toMatchObject({ status: wanted });
    expect(receipt.reasons).toContain(reason);
  });

  test("of one that is not heard of any more", async () => {
    const path = await elsewhere();
    const update = await start(path);
    await t.db
      .updateTable("updates")
      .set({ lease_expires_at: new Date(0) })
      .where("id", "=", update.id)
      .execute();
    await t.upkeep();
    const receipt = await receiptOf(update.id);
    expect(receipt).toMatchObject({ status: "incomplete", update: { outcome: "expired" } });
    expect(receipt.reasons).toContain("No report: not one event of the run came.");
  });

  test("its packs apply exceptions themselves, whatever its CLI is, and the Pulumi CLI is not sent what is ours", async () => {
    const path = await elsewhere();
    const target = urn.replace(":dev:", `:${path.split("/").at(-1)}:`);
    const match = [{ policies: ["no-public-bucket"], targets: [target] }];
    await t.send("POST /api/orgs/acme/policy/exceptions", { policyPack: "pets", match, reason: "It is empty." });
    const { required } = await start(path, { dryRun: true });
    expect(Object.keys(required[0].config)).toEqual(["quillon:exceptions"]);
    const held = await newStack(t);
    const headers = { ...CLI, authorization: `token ${t.token}`, "content-type": "application/json" };
    const { body } = await t.send(`POST ${held.path}/update`, {}, { headers });
    expect(body.requiredPolicies[0]).not.toHaveProperty("archiveSha256");
  });
});
