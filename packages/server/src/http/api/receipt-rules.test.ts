import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newestEvent, newManager, requirePack } from "../../testing/group.ts";
import { recordedEvents, recordedVersions } from "../../testing/recorded-events.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const OWN = "/api/quillon/orgs/acme";
const complete = recordedEvents(recordedVersions[0] ?? "", "up-fixes");
const step = (op: string, name: string) => ({
  resourcePreEvent: { metadata: { op, urn: `urn:pulumi:dev::pets::a:b:C::${name}`, new: { custom: true } } },
});
const numbered = (sent: object[]) => sent.map((event, sequence) => ({ sequence, timestamp: 0, ...event }));
const missing = numbered([step("create", "rex"), { summaryEvent: { isPreview: false } }]);
const imported = numbered([step("import", "rex"), { summaryEvent: { isPreview: false } }]);

describe.each(engines)("what follows from receipts on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets");
  });
  afterAll(() => t.close());

  async function run(on: TestStack, sent: object[], kind = "update", dryRun = false): Promise<string> {
    const update = await on.run(kind, dryRun);
    await update.events(sent);
    await update.complete();
    return update.id;
  }
  const state = async (on: TestStack) => (await t.send(`GET ${OWN}/stacks/web/${on.name}/receipt-state`)).body;
  const lift = (on: TestStack, body: object, as?: string) =>
    t.send(`POST ${OWN}/stacks/web/${on.name}/receipt-state/lift`, body, as ? { as } : {});
  const setRule = (required: boolean) => t.send(`PUT ${OWN}/receipt-rule`, { required });
  const starts = async (on: TestStack, kind = "update", dryRun = false) => on.start(await on.create(kind, dryRun));

  test("without the rule, an update without a complete receipt stops nothing", async () => {
    const on = await newStack(t);
    await run(on, missing);
    expect(await state(on)).toEqual({});
    expect((await starts(on)).status).toBe(200);
  });

  test("with the rule it stops the next update, until a complete run, and never a refresh, a destroy or a preview", async () => {
    expect((await setRule(true)).body).toEqual({ required: true });
    expect(await newestEvent(t)).toMatchObject({ event: "Receipt Rule Changed" });
    const on = await newStack(t);
    await run(on, complete);
    const update = await run(on, missing);
    expect(await state(on)).toEqual({
      stoppedBy: { updateID: update, status: "missing", reasons: ["Pack pets analysed nothing."] },
    });
    const refused = await starts(on);
    expect(refused).toMatchObject({ status: 400, body: { code: 400, id: "receipt_required" } });
    expect(refused.body.message).toContain(`${update}, is missing: Pack pets analysed nothing. Run the preview`);
    await run(on, [], "refresh");
    await run(on, [], "destroy");
    expect((await starts(on)).status).toBe(400);
    await run(on, missing, "preview", true);
    expect((await starts(on)).status).toBe(400);
    await run(on, complete, "update", true);
    expect(await state(on)).toEqual({});
    // The incomplete preview after it deploys nothing, and so stops nothing.
    await run(on, missing, "preview", true);
    expect((await starts(on)).status).toBe(200);
    await setRule(false);
  });

  test("a run that began before the update that lacks a receipt lets nothing start", async () => {
    const on = await newStack(t);
    const early = await on.run("preview", true);
    await setRule(false);
    await run(on, missing);
    await setRule(true);
    await early.events(complete);
    await early.complete();
    expect((await t.send(`GET ${OWN}/receipts/${early.id}`)).body.receipt).toContain('"status":"complete"');
    expect((await starts(on)).body.id).toBe("receipt_required");
    await run(on, complete, "preview", true);
    expect((await starts(on)).status).toBe(200);
    await setRule(false);
  });

  test("what is wrong with the last receipt is said whatever its client has said of the commit", async () => {
    await setRule(true);
    const on = await newStack(t);
    const environment = { "git.head": "\ud800" };
    const { body } = await t.send(`POST ${on.path}/update`, { metadata: { environment } });
    const started = await on.start(body.updateID);
    const update = on.update({ id: body.updateID, ...started.body });
    await update.events(missing);
    await update.complete();
    expect((await starts(on)).body).toMatchObject({ id: "receipt_required" });
    expect((await state(on)).stoppedBy).toMatchObject({ status: "missing" });
    await setRule(false);
  });

  test("an update whose client has died stops the next one, also when nothing but the next one finds that", async () => {
    await setRule(true);
    const on = await newStack(t);
    const killed = await on.run();
    await killed.events(missing.slice(0, 1));
    await killed.checkpoint({ resources: [] });
    await killed.expire();
    const refused = await starts(on);
    expect(refused).toMatchObject({ status: 400, body: { id: "receipt_required" } });
    expect(refused.body.message).toContain(killed.id);
    expect((await state(on)).stoppedBy).toMatchObject({ updateID: killed.id, status: "incomplete" });
    const receipts = await t.db.selectFrom("receipts").where("update_id", "=", killed.id).select("status").execute();
    expect(receipts).toEqual([{ status: "incomplete" }]);
    await run(on, complete, "update", true);
    expect((await starts(on)).status).toBe(200);
    await setRule(false);
  });

  test("without the rule, such an update has its receipt when the next one has ended", async () => {
    const on = await newStack(t);
    const killed = await on.run();
    await killed.events(missing.slice(0, 1));
    await killed.expire();
    await run(on, complete);
    const receipts = await t.db.selectFrom("receipts").where("update_id", "=", killed.id).select("status").execute();
    expect(receipts).toEqual([{ status: "incomplete" }]);
  });

  test("only an admin of the organization lifts it, with a reason that is in the audit log, and once", async () => {
    await setRule(true);
    const manager = await newManager(t);
    await t.send("POST /api/stacks/acme/web", { stackName: "own" }, { as: manager });
    const own = await t.send(
      `POST ${OWN}/stacks/web/own/receipt-state/lift`,
      { reason: "It is mine." },
      { as: manager },
    );
    expect(own).toMatchObject({ status: 403, body: { id: "forbidden" } });
    const on = await newStack(t);
    await run(on, missing);
    expect((await lift(on, { reason: "We must." }, manager)).status).toBe(403);
    expect((await lift(on, { reason: " " })).status).toBe(400);
    expect((await lift(on, { reason: "The database is down." })).status).toBe(200);
    expect(await newestEvent(t)).toMatchObject({
      event: "Receipt Stop Lifted",
      description: `Stack web/${on.name}: The database is down.`,
    });
    await run(on, missing);
    expect((await starts(on)).status).toBe(400);
    await setRule(false);
  });

  test("an import marks the stack as changed without policies, until an update with a complete receipt", async () => {
    const on = await newStack(t);
    await run(on, complete);
    expect(await state(on)).toEqual({});
    const exported = JSON.parse(await on.exported());
    expect((await t.send(`POST ${on.path}/import`, exported)).status).toBe(200);
    const since = { changedWithoutPoliciesSince: expect.any(String) };
    expect(await state(on)).toEqual(since);
    await run(on, complete, "preview", true);
    await run(on, missing);
    expect(await state(on)).toEqual(since);
    await run(on, complete);
    expect(await state(on)).toEqual({});
    await run(on, imported);
    expect(await state(on)).toEqual(since);
    await run(on, complete);
    expect(await state(on)).toEqual({});
  });

  test("Three updates in a row without a complete receipt are told once, and shown until one is complete", async () => {
    const on = await newStack(t);
    const hooks = `${on.path}/hooks`;
    const payloadUrl = "https://chat.invalid";
    await t.send(`POST ${hooks}`, { name: "chat", payloadUrl, filters: ["receipt_streak"] });
    const told = async () => {
      const { body } = await t.send(`GET ${hooks}/chat/deliveries`);
      return body.map(({ kind, payload }: { kind: string; payload: string }) => [
        kind,
        JSON.parse(payload).updatesInARow,
        JSON.parse(payload).updateUrl.split("/").at(-1),
      ]);
    };
    const shown = async () => (await state(on)).withoutCompleteReceipt;
    await run(on, missing);
    await run(on, missing);
    // A dry run, and a run that asks no policies, are not part of it.
    await run(on, missing, "update", true);
    await run(on, [], "destroy");
    expect(await shown()).toBeUndefined();
    expect(await told()).toEqual([]);
    await run(on, missing.slice(1));
    await run(on, missing);
    expect(await shown()).toEqual({ updates: 4, since: expect.any(String) });
    // The third of them made the stack's fourth version.
    expect(await told()).toEqual([["receipt_streak", 3, "4"]]);
    await run(on, complete);
    expect(await shown()).toBeUndefined();
    await run(on, missing);
    await run(on, missing);
    await run(on, missing);
    expect(await told()).toEqual([
      ["receipt_streak", 3, "9"],
      ["receipt_streak", 3, "4"],
    ]);
  });
});
