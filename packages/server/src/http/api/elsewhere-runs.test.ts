import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { BACKEND as backend, events, receiptOf, stackElsewhere, startElsewhere, urn } from "../../testing/elsewhere.ts";
import { requirePack } from "../../testing/group.ts";
import { newStack } from "../../testing/stack.ts";

const ROUTE = "PUT /api/quillon/orgs/acme/elsewhere";
const CLI = { "user-agent": "pulumi-cli/1 (v3.274.1; linux)", accept: "application/vnd.pulumi+9" };

describe.each(engines)("runs of stacks whose state is elsewhere on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets");
  });
  afterAll(() => t.close());

  const state = { version: 3, deployment: {} };
  test("a run of it is recorded like any other, and its receipt says that states were not compared", async () => {
    const update = await startElsewhere(t, await stackElsewhere(t));
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
    expect(await receiptOf(t, update.id)).toMatchObject({
      status: "complete",
      states: { notCompared: "The stack's state is in another backend." },
    });
  });

  test.each<[what: string, status: string, sent: object[], receipt: [status: string, reason: string]]>([
    ["ended early", "succeeded", events.slice(0, 2), ["incomplete", "The event with which a run ends never came."]],
    ["sent nothing", "succeeded", [], ["incomplete", "No report: not one event of the run came."]],
    ["was cancelled before it began", "cancelled", [], ["not-applicable", "It was cancelled before it began."]],
  ])("of a run that %s", async (_, status, sent, [wanted, reason]) => {
    const update = await startElsewhere(t, await stackElsewhere(t));
    await update.send("POST /events/batch", { events: sent });
    await update.send("POST /complete", { status });
    const receipt = await receiptOf(t, update.id);
    expect(receipt).toMatchObject({ status: wanted });
    expect(receipt.reasons).toContain(reason);
  });

  test("an update that its preview stopped is not the newest run, but that preview is, and one that was cancelled later is", async () => {
    const path = await stackElsewhere(t);
    const latest = async () => {
      const { body } = await t.send(`GET ${path.replace("/stacks/acme", "/quillon/orgs/acme/stacks")}/updates/latest`);
      return body.updateID;
    };
    const preview = await startElsewhere(t, path, { dryRun: true });
    const update = await startElsewhere(t, path);
    await preview.send("POST /events/batch", { events });
    await preview.send("POST /complete", { status: "failed" });
    await update.send("POST /complete", { status: "cancelled" });
    expect(await latest()).toBe(preview.id);
    const stopped = await startElsewhere(t, path);
    await stopped.send("POST /events/batch", { events: events.slice(0, 2) });
    await stopped.send("POST /complete", { status: "cancelled" });
    expect(await latest()).toBe(stopped.id);
  });

  test("of one that is not heard of any more", async () => {
    const path = await stackElsewhere(t);
    const update = await startElsewhere(t, path);
    await t.db
      .updateTable("updates")
      .set({ lease_expires_at: new Date(0) })
      .where("id", "=", update.id)
      .execute();
    await t.upkeep();
    const receipt = await receiptOf(t, update.id);
    expect(receipt).toMatchObject({ status: "incomplete", update: { outcome: "expired" } });
    expect(receipt.reasons).toContain("No report: not one event of the run came.");
  });

  test("a run by --break-glass has no complete receipt, which a webhook is told, and is in the audit log", async () => {
    const path = await stackElsewhere(t);
    const hooks = `${path}/hooks`;
    await t.send(`POST ${hooks}`, {
      name: "alert",
      payloadUrl: "https://chat.invalid",
      filters: ["receipt_incomplete"],
    });
    const update = await startElsewhere(
      t,
      path,
      {},
      { breakGlass: "The registry burns.", ran: { from: 1e9, to: 1e9 } },
    );
    await update.send("POST /events/batch", {
      events: [events[0], { ...events[3], sequence: 1 }],
    });
    await update.send("POST /complete", { status: "succeeded" });
    const receipt = await receiptOf(t, update.id);
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
    const told = async () =>
      (await startElsewhere(t, path, { dryRun: true })).required[0].config?.["quillon:exceptions"];
    expect(await told()).toBeUndefined();
    await except(urns(as.stack, "shop"));
    expect(JSON.stringify(await told())).toContain(JSON.stringify(urns(name, "web")).slice(1, -1));
    expect(JSON.stringify(await told())).not.toContain(as.stack);
  });

  test("its packs apply exceptions themselves, whatever its CLI is, and the Pulumi CLI is not sent what is ours", async () => {
    const path = await stackElsewhere(t);
    const target = urn.replace(":dev:", `:${path.split("/").at(-1)}:`);
    const match = [{ policies: ["no-public-bucket"], targets: [target] }];
    await t.send("POST /api/orgs/acme/policy/exceptions", { policyPack: "pets", match, reason: "It is empty." });
    const { required } = await startElsewhere(t, path, { dryRun: true });
    expect(Object.keys(required[0].config)).toEqual(["quillon:exceptions"]);
    const held = await newStack(t);
    const headers = { ...CLI, authorization: `token ${t.token}`, "content-type": "application/json" };
    const { body } = await t.send(`POST ${held.path}/update`, {}, { headers });
    expect(body.requiredPolicies[0]).not.toHaveProperty("archiveSha256");
  });
});
