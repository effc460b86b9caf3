import { verify } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newGroup, newPack, newVersion, OWN_GROUPS, requirePack } from "../../testing/group.ts";
import { person } from "../../testing/people.ts";
import { newStack } from "../../testing/stack.ts";

const ROUTE = "PUT /api/quillon/orgs/acme/elsewhere";
const backend = "s3://states/team";
interface Signed {
  requirements: string;
  signature: string;
}

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
          "The name acme/shop/prod belongs to another stack here, so the one in gs://states needs another name. Give it one once, and it is remembered: quillon run --as PROJECT/STACK -- pulumi preview",
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

  test("a stack without resources takes no name, because it may have been made for that alone", async () => {
    const stack = await newStack(t, { state: { version: 3, deployment: {} } });
    const there = { backend, project: "web", stack: stack.name };
    const as = { project: "shop", stack: `${stack.name}-too` };
    const refused = await t.send(ROUTE, { ...there, as });
    expect(refused).toMatchObject({ status: 409, body: { id: "stack_name_free" } });
    expect(refused.body.message).toContain(`acme/web/${stack.name} belongs to a stack without resources.`);
    const update = await stack.run();
    await update.checkpoint({ resources: [{ urn: "urn:pulumi:dev::web::a:b:C::n" }] });
    await update.complete();
    expect((await t.send(ROUTE, { ...there, as })).body).toMatchObject({ ...as, made: true });
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
    for (const route of [ROUTE, "POST /api/quillon/orgs/acme/elsewhere/policypacks"]) {
      const answer = await t.send(route, { backend, project: "shop", stack: "hidden" }, { as: bob });
      expect(answer).toMatchObject({ status: 404, body: { id: "stack_not_found" } });
    }
  });

  test("those of one backend are listed by their names there, as far as the caller may read them", async () => {
    const there = "gs://listed";
    await t.send(ROUTE, { backend: there, project: "shop", stack: "b" });
    await t.send(ROUTE, { backend: there, project: "shop", stack: "prod", as: { project: "shop", stack: "prod-2" } });
    await t.send(ROUTE, { backend: there, project: "cafe", stack: "z" });
    const list = (url: string, more: object = {}) =>
      t.send(`GET /api/quillon/orgs/acme/elsewhere?backend=${encodeURIComponent(url)}`, undefined, more);
    const since = expect.stringMatching(/^\d{4}-/);
    expect(await list(`${there}/?profile=ada`)).toMatchObject({
      status: 200,
      body: {
        stacks: [
          { project: "cafe", stack: "z", here: { project: "cafe", stack: "z" }, since },
          { project: "shop", stack: "b", here: { project: "shop", stack: "b" }, since },
          { project: "shop", stack: "prod", here: { project: "shop", stack: "prod-2" }, since },
        ],
      },
    });
    expect((await list("gs://other")).body).toEqual({ stacks: [] });
    expect(await list("listed")).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    expect((await list(there, { as: await person(t, "eve") })).body).toEqual({ stacks: [] });
  });

  test("what one would have to run that is not known yet is what it must run once it is", async () => {
    const group = await newGroup(t);
    await newVersion(t, "fish", "1.0.0");
    const config = { "no-public-bucket": { enforcementLevel: "mandatory" } };
    await edit(t, group, { addPolicyPack: { name: "fish", versionTag: "1.0.0", config } });
    await t.send(`PUT ${OWN_GROUPS}/${group}/selector`, { selector: { all: [{ project: "aquarium" }] } });
    const ask = async (project: string) => {
      const answer = await t.send(`GET /api/quillon/orgs/acme/elsewhere/policypacks?project=${project}&stack=new`);
      expect(answer.status, answer.body.message).toBe(200);
      return answer.body.requiredPolicies;
    };
    const archiveSha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(await ask("shop")).toMatchObject([{ name: "pets", versionTag: "1.0.0", archiveSha256 }]);
    const before = await ask("aquarium");
    expect(before).toHaveLength(2);
    expect(before).toContainEqual(expect.objectContaining({ name: "fish", config, archiveSha256 }));
    await t.send(ROUTE, { backend, project: "aquarium", stack: "new" });
    const { body } = await t.send("GET /api/stacks/acme/aquarium/new/policypacks");
    const without = (packs: object[]) => packs.map((pack) => ({ ...pack, packLocation: "" }));
    expect(without(body.requiredPolicies)).toEqual(without(before));
  });

  test("who asks what a run must run is told what the run is told, with what its program adds, and nothing becomes known", async () => {
    const group = await newGroup(t);
    await edit(t, group, { addPolicyPack: { name: await newPack(t), versionTag: "1.0.0" } });
    const rule = { all: [{ tag: "pulumi:runtime", value: "dotnet" }] };
    await t.send(`PUT ${OWN_GROUPS}/${group}/selector`, { selector: rule });
    const there = { backend: "s3://asked", project: "shop", stack: "asked" };
    const program = { name: "shop", runtime: "dotnet" };
    const ask = (more: object = {}) =>
      t.send("POST /api/quillon/orgs/acme/elsewhere/policypacks", { ...there, ...more });
    const packsOf = ({ body }: { body: { requiredPolicies: object[] } }) =>
      body.requiredPolicies.map((pack) => ({ ...pack, packLocation: "" }));
    const asked = await ask({ program });
    expect(asked).toMatchObject({ status: 200, body: { project: "shop", stack: "asked" } });
    expect(packsOf(asked)).toHaveLength(2);
    expect(packsOf(await ask())).toHaveLength(1);
    expect((await t.send("GET /api/quillon/orgs/acme/elsewhere?backend=s3://asked")).body).toEqual({ stacks: [] });
    await t.send(ROUTE, there);
    const run = await t.send("POST /api/stacks/acme/shop/asked/update", { backend: there.backend, ...program });
    expect(packsOf(run)).toEqual(packsOf(asked));
    expect(packsOf(await ask({ program }))).toEqual(packsOf(asked));
  });

  test.each<[what: string, request: object, id: string]>([
    ["whose name is taken", { backend: "gs://states", stack: "taken" }, "stack_name_taken"],
    ["that has another name already", { as: { project: "shop", stack: "other" } }, "stack_named_already"],
    ["whose own name is free", { stack: "free-too", as: { project: "shop", stack: "unguarded" } }, "stack_name_free"],
    ["in no backend", { backend: "states" }, "invalid_input"],
  ])("of a stack %s asking is refused as its run is", async (_, request, id) => {
    const there = { backend, project: "shop", stack: "taken" };
    await t.send(ROUTE, there);
    const asked = await t.send("POST /api/quillon/orgs/acme/elsewhere/policypacks", { ...there, ...request });
    expect(asked.body.id).toBe(id);
    expect((await t.send(ROUTE, { ...there, ...request })).body).toEqual(asked.body);
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

  async function start(path: string, options = {}, basis?: object) {
    const { body } = await t.send(`POST ${path}/update`, { backend, options, ...(basis && { basis }) });
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

  test("an update that its preview stopped is not the newest run, but that preview is, and one that was cancelled later is", async () => {
    const path = await elsewhere();
    const latest = async () => {
      const { body } = await t.send(`GET ${path.replace("/stacks/acme", "/quillon/orgs/acme/stacks")}/updates/latest`);
      return body.updateID;
    };
    const preview = await start(path, { dryRun: true });
    const update = await start(path);
    await preview.send("POST /events/batch", { events });
    await preview.send("POST /complete", { status: "failed" });
    await update.send("POST /complete", { status: "cancelled" });
    expect(await latest()).toBe(preview.id);
    const stopped = await start(path);
    await stopped.send("POST /events/batch", { events: events.slice(0, 2) });
    await stopped.send("POST /complete", { status: "cancelled" });
    expect(await latest()).toBe(stopped.id);
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

  describe("its requirements", () => {
    const seconds = (inHours: number) => Math.floor(Date.now() / 1000) + inHours * 3600;
    const requirementsOf = (path: string) =>
      `POST ${path.replace("/stacks/acme", "/quillon/orgs/acme/stacks")}/requirements`;
    async function exported(path: string) {
      const { status, body } = await t.send(requirementsOf(path), { expires: seconds(24), program: { name: "shop" } });
      expect(status, body.message).toBe(200);
      return body;
    }
    const basisOf = ({ requirements: text, signature }: Signed, more = {}) => ({
      requirements: { text, signature },
      ...more,
    });

    test("say what it must run, signed by the key of receipts, and where the archives are", async () => {
      const path = await elsewhere();
      const { requirements, signature, archives } = await exported(path);
      const { publicKey } = (await t.send("GET /api/quillon/receipt-key")).body;
      const signed = Buffer.from(signature, "base64");
      expect(verify(null, Buffer.from(`quillon requirements 1\n${requirements}`), publicKey, signed)).toBe(true);
      // It can't be taken for the signature of a receipt.
      expect(verify(null, Buffer.from(requirements), publicKey, signed)).toBe(false);
      const said = JSON.parse(requirements);
      const [, , , , project, name] = path.split("/");
      expect(said).toMatchObject({
        organization: { name: "acme" },
        stack: { project, name },
        place: { backend, project, stack: name },
        packs: [{ name: "pets", versionTag: "1.0.0", archiveSha256: archives[0].archiveSha256 }],
      });
      expect(requirements).not.toContain("packLocation");
    });

    test.each<[what: string, hours: number, says: string]>([
      ["in the past", -1, "in the past"],
      ["too late", 31 * 24, "more than 30 days away"],
    ])("that would expire %s are refused", async (_, hours, says) => {
      const answer = await t.send(requirementsOf(await elsewhere()), { expires: seconds(hours) });
      expect(answer).toMatchObject({ status: 400, body: { id: "invalid_input" } });
      expect(answer.body.message).toContain(says);
    });

    test("that would expire when no date is are refused", async () => {
      const answer = await t.send(requirementsOf(await elsewhere()), { expires: Number.MAX_SAFE_INTEGER });
      expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining("expires") } });
    });

    test("are not those of a stack whose state is here", async () => {
      const answer = await t.send(requirementsOf((await newStack(t)).path), { expires: seconds(1) });
      expect(answer).toMatchObject({ status: 400, body: { id: "stack_held" } });
    });

    test("are what a run must have run that was based on them, and its receipt says so, also when it is reported afterwards", async () => {
      const path = await elsewhere();
      const file = await exported(path);
      const ran = { from: seconds(0), to: seconds(0) };
      const { made } = JSON.parse(file.requirements);
      const update = await start(path, {}, basisOf(file, { ran }));
      await update.send("POST /events/batch", { events });
      await update.send("POST /complete", { status: "succeeded" });
      const at = new Date(ran.from * 1000).toISOString();
      expect(await receiptOf(update.id)).toMatchObject({
        status: "complete",
        says: `complete, as reported by the client, afterwards, of a run at ${at}, which ran from a file of requirements made at ${made}`,
        packs: [{ pack: "pets", analysed: 1 }],
        basis: { requirements: { made, changed: [] }, ran: { from: at } },
      });
    });

    test("that are less than what is required now leave the receipt incomplete", async () => {
      const path = await elsewhere();
      const file = await exported(path);
      const [, , , , project, name] = path.split("/");
      const group = await newGroup(t);
      await edit(t, group, { addStack: { name, routingProject: project } });
      await edit(t, group, { addPolicyPack: { name: await newPack(t), versionTag: "1.0.0" } });
      const update = await start(path, {}, basisOf(file));
      await update.send("POST /events/batch", { events });
      await update.send("POST /complete", { status: "succeeded" });
      const receipt = await receiptOf(update.id);
      expect(receipt).toMatchObject({ status: "incomplete" });
      expect(receipt.reasons).toEqual([expect.stringMatching(/^Policy pack \S+ 1\.0\.0 is required now, and was not/)]);
    });

    test.each<[what: string, basis: (file: Signed, other: Signed) => object, id: string]>([
      [
        "that were changed",
        ({ requirements, signature }) => basisOf({ requirements: `${requirements} `, signature }),
        "requirements_refused",
      ],
      ["of another stack", (_, other) => basisOf(other), "requirements_refused"],
      [
        "that had expired when it ran",
        (file) => basisOf(file, { ran: { from: seconds(25), to: seconds(25) } }),
        "requirements_refused",
      ],
      [
        "that were made after it ran",
        (file) => basisOf(file, { ran: { from: seconds(-1), to: seconds(0) } }),
        "requirements_refused",
      ],
      ["and a reason to break the glass", (file) => basisOf(file, { breakGlass: "fire" }), "invalid_input"],
      ["and no basis at all", () => ({}), "invalid_input"],
    ])("%s are no basis of a run", async (_, basis, id) => {
      const path = await elsewhere();
      const basedOn = basis(await exported(path), await exported(await elsewhere()));
      expect(await t.send(`POST ${path}/update`, { backend, basis: basedOn })).toMatchObject({
        status: 400,
        body: { id },
      });
    });

    test("are no way past what a stack must run whose state is here", async () => {
      const basis = basisOf(await exported(await elsewhere()));
      const answer = await t.send(`POST ${(await newStack(t)).path}/update`, { basis });
      expect(answer).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    });
  });

  test("a run by --break-glass has no complete receipt, which a webhook is told, and is in the audit log", async () => {
    const path = await elsewhere();
    const hooks = `${path}/hooks`;
    await t.send(`POST ${hooks}`, {
      name: "alert",
      payloadUrl: "https://chat.invalid",
      filters: ["receipt_incomplete"],
    });
    const update = await start(path, {}, { breakGlass: "The registry burns.", ran: { from: 1e9, to: 1e9 } });
    await update.send("POST /events/batch", {
      events: [events[0], { ...events[3], sequence: 1 }],
    });
    await update.send("POST /complete", { status: "succeeded" });
    const receipt = await receiptOf(update.id);
    const reason = "It ran without what it must run (--break-glass): The registry burns.";
    expect(receipt).toMatchObject({ status: "missing", basis: { breakGlass: "The registry burns." } });
    expect(receipt.reasons).toContain(reason);
    const { body } = await t.send("GET /api/orgs/acme/auditlogs?eventFilter=Update%20Run%20Without%20Policies");
    expect(body.auditLogEvents).toMatchObject([
      { description: expect.stringMatching(/: update 1, because: The registry burns\.$/) },
    ]);
    const told = (await t.send(`GET ${hooks}/alert/deliveries`)).body;
    expect(told).toMatchObject([{ kind: "receipt" }]);
    expect(JSON.parse(told[0].payload).reasons).toContain(reason);
  });

  test("exceptions of one that has another name here name it so, and its packs are told its own name", async () => {
    const state = { version: 3, deployment: { resources: [{ urn: "urn:pulumi:dev::web::a:b:C::n" }] } };
    const { name } = await newStack(t, { state });
    const as = { project: "shop", stack: `${name}-there` };
    await t.send(ROUTE, { backend, project: "web", stack: name, as });
    const urns = (stack: string, project: string) => [
      `urn:pulumi:${stack}::${project}::a:b:C::n`,
      `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`,
    ];
    const except = (targets: string[]) => {
      const match = [{ policies: ["no-public-bucket"], targets }];
      return t.send("POST /api/orgs/acme/policy/exceptions", { policyPack: "pets", match, reason: "It is empty." });
    };
    await except(urns(name, "web"));
    const path = `/api/stacks/acme/shop/${as.stack}`;
    const told = async () => (await start(path, { dryRun: true })).required[0].config?.["quillon:exceptions"];
    expect(await told()).toBeUndefined();
    await except(urns(as.stack, "shop"));
    expect(JSON.stringify(await told())).toContain(JSON.stringify(urns(name, "web")).slice(1, -1));
    expect(JSON.stringify(await told())).not.toContain(as.stack);
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
