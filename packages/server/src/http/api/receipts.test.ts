import { createHash, verify } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { required } from "../../testing/group.ts";
import {
  type Event,
  events,
  isOfPets,
  type Options,
  receiptsOf,
  requirePets,
  unsent,
  without,
} from "../../testing/receipts.ts";
import { recordedPackFailure, recordedVersions } from "../../testing/recorded-events.ts";
import { newStack } from "../../testing/stack.ts";

const rex = "urn:pulumi:dev::pets::random:index/randomPet:RandomPet::rex";

describe.each(engines)("receipts on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePets(t);
  });
  afterAll(() => t.close());

  const { start, run, signedOf, receiptOf } = receiptsOf(() => t);

  test("a receipt binds who ran what on which stack, and its signature is of its exact bytes", async () => {
    const on = await newStack(t);
    const environment = { "git.head": "0123abcd", "git.dirty": "true", "pulumi.version": "3.200.0" };
    const update = await run(on, events("up-fixes"), { environment });
    const { body } = await signedOf(update);
    const { publicKey } = (await t.send("GET /api/quillon/receipt-key", undefined, { as: "" })).body;
    const isSigned = (text: string) =>
      verify(null, Buffer.from(text), publicKey, Buffer.from(body.signature, "base64"));
    expect(isSigned(body.receipt)).toBe(true);
    expect(isSigned(body.receipt.replace("complete", "completE"))).toBe(false);
    const sha256 = (of: Buffer | string) => createHash("sha256").update(of).digest("hex");
    const [{ packLocation }] = await required(t, on);
    const { pathname, search } = new URL(packLocation);
    const { rawPayload: archive } = await t.app.inject({ url: pathname + search });
    const { id: tokenId } = await t.db.selectFrom("tokens").select("id").executeTakeFirstOrThrow();
    expect(JSON.parse(body.receipt)).toMatchObject({
      says: "complete, as reported by the client",
      status: "complete",
      reasons: [],
      organization: { name: "acme" },
      stack: { project: "web", name: on.name },
      update: { id: update, kind: "update", dryRun: false, outcome: "succeeded", stateVersion: 1, targeted: false },
      client: {
        login: "admin",
        address: "127.0.0.1",
        token: { id: tokenId, name: expect.any(String) },
        commit: "0123abcd",
        dirty: true,
        pulumi: "3.200.0",
      },
      packs: [
        {
          pack: "pets",
          version: 1,
          tag: "1.0.0",
          archiveSha256: sha256(archive),
          configSha256: sha256('{"no-public-bucket":{"enforcementLevel":"advisory"}}'),
          levels: { "no-public-bucket": "advisory" },
          analysed: 5,
          stackAnalysed: true,
          unanalysed: { count: 0, first: [] },
        },
      ],
      resources: 4,
      events: { missing: 0, ended: true },
    });
    expect(body.receipt).not.toContain(t.token);
  });

  const stopped = { status: "failed" };
  test.each(recordedVersions)("what CLI %s sent in a stack's life was analysed", async (version) => {
    const on = await newStack(t);
    const statuses: string[] = [];
    for (const [name, options] of [
      ["preview-violates", { dryRun: true, ...stopped }],
      ["up-violates", stopped],
      ["up-fixes", {}],
      ["up-not-remediated", stopped],
      ["up-local-pack", {}],
      ["up-replaces", {}],
      ["up-targets", { environment: { "pulumi.flag.target": "set" } }],
      ["up-stack-violates", stopped],
      ["up-resource-fails", stopped],
      ["refresh", { kind: "refresh" }],
      ["destroy", { kind: "destroy" }],
    ] as const)
      statuses.push(`${name} ${(await receiptOf(await run(on, events(name, version), options))).status}`);
    expect(statuses.map((line) => line.split(" ")[1])).toEqual([
      ...Array(9).fill("complete"),
      ...Array(2).fill("not-applicable"),
    ]);
  });

  /** What a CLI sent of a pack that made a run fail, as if it was the one that is required here. */
  const failing = (version: string, pack: string): object[] =>
    JSON.parse(JSON.stringify(recordedPackFailure(version, pack)).replaceAll(pack, "pets"));

  test.each(recordedVersions)("a pack that failed in a run of CLI %s did not analyse all of it", async (version) => {
    const on = await newStack(t);
    for (const pack of ["policy-throws", "policy-exits", "py-policy-throws", "stack-throws", "py-stack-throws"])
      expect(await receiptOf(await run(on, failing(version, pack), { dryRun: true, ...stopped })), pack).toMatchObject({
        status: "incomplete",
        reasons: ["Pack pets failed while the run went on, so what it was asked last was not analysed."],
      });
    // No run has begun.
    expect(await receiptOf(await run(on, failing(version, "load-throws"), { dryRun: true, ...stopped }))).toMatchObject(
      { status: "not-applicable" },
    );
  });

  test.each<[what: string, sent: Event[], status: string, reasons: (string | RegExp)[]]>([
    ["left out a pack", unsent(isOfPets), "missing", ["Pack pets analysed nothing."]],
    [
      "did not have a resource analysed",
      unsent((event) => event.policyAnalyzeSummaryEvent?.resourceUrn === rex),
      "incomplete",
      [`Pack pets did not analyse 1 of 4 resources: ${rex}.`],
    ],
    [
      "did not ask the stack policies",
      unsent((event) => event.policyAnalyzeStackSummaryEvent !== undefined),
      "incomplete",
      ["The stack policies of pack pets were not asked."],
    ],
    [
      "lost a batch of events",
      without(({ sequence }) => sequence >= 5 && sequence < 9),
      "incomplete",
      ["4 events of the run never came.", /^Pack pets did not analyse 1 of 4 resources: .*::kim\.$/],
    ],
    [
      "lost a batch and left out a pack",
      without((event) => event.sequence === 9 || isOfPets(event)),
      "incomplete",
      [/^\d+ events of the run never came.$/, "Pack pets analysed nothing."],
    ],
    [
      "never sent its last event",
      without(({ summaryEvent }) => summaryEvent !== undefined),
      "incomplete",
      ["The event with which a run ends never came."],
    ],
    ["sent nothing", [], "incomplete", ["The event with which a run ends never came.", "Pack pets analysed nothing."]],
  ])("a client that %s is seen", async (_, sent, status, reasons) => {
    const receipt = await receiptOf(await run(await newStack(t), sent));
    expect(receipt.status).toBe(status);
    expect(receipt.reasons).toEqual(
      reasons.map((reason) => (typeof reason === "string" ? reason : expect.stringMatching(reason))),
    );
  });

  test("another version of a pack, such as a local one, counts for nothing", async () => {
    const sent = JSON.parse(JSON.stringify(events("up-fixes")).replaceAll('"1.0.0"', '"1.0.1"'));
    expect((await receiptOf(await run(await newStack(t), sent))).status).toBe("missing");
  });

  const step = (op: string, name: string, state: object = { custom: true }) => ({
    resourcePreEvent: { metadata: { op, urn: `urn:pulumi:dev::pets::a:b:C::${name}`, new: state } },
  });
  const root = {
    resourcePreEvent: {
      metadata: { op: "create", urn: "urn:pulumi:dev::pets::pulumi:pulumi:Stack::pets-dev", new: { parent: "" } },
    },
  };
  const end = { summaryEvent: { isPreview: false } };
  const ofPets = { policyPackName: "pets", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0", passed: [] };
  const analysed = (urn: string) => ({ policyAnalyzeSummaryEvent: { ...ofPets, resourceUrn: urn } });
  const urnOf = (name: string) => step("", name).resourcePreEvent.metadata.urn;
  const asked = { policyAnalyzeStackSummaryEvent: ofPets };
  const numbered = (sent: object[]) => sent.map((event, sequence) => ({ sequence, timestamp: 0, ...event }));

  test.each<[what: string, sent: object[], status: string, options?: Options]>([
    ["resources were only imported", [root, step("same", "old"), step("import", "new"), end], "not-applicable"],
    ["something else was made besides an import", [root, step("create", "old"), step("import", "new"), end], "missing"],
    [
      "a provider made views of a resource",
      [
        analysed(urnOf("module")),
        step("create", "module"),
        step("create", "view", { parent: urnOf("module") }),
        asked,
        end,
      ],
      "complete",
    ],
    [
      "a component was not analysed",
      [
        analysed(urnOf("a")),
        step("create", "a"),
        step("create", "component", { parent: root.resourcePreEvent.metadata.urn }),
        asked,
        end,
      ],
      "incomplete",
    ],
    [
      "an import failed before its resource was analysed",
      [
        analysed(urnOf("a")),
        step("create", "a"),
        step("import", "b"),
        { resOpFailedEvent: step("import", "b").resourcePreEvent },
        end,
      ],
      "complete",
      stopped,
    ],
    [
      "a destroy ran its program, which analyses no resource of a provider",
      [analysed(root.resourcePreEvent.metadata.urn), root, step("same", "a"), asked, end],
      "complete",
      { kind: "destroy", environment: { "pulumi.flag.run-program": "true" } },
    ],
    [
      "a destroy ran its program without the pack",
      [root, step("same", "a"), end],
      "missing",
      { kind: "destroy", environment: { "pulumi.env.PULUMI_RUN_PROGRAM": "true" } },
    ],
    ["a run failed before its program registered a resource", [], "not-applicable", stopped],
  ])("where %s", async (_, sent, status, options) => {
    const receipt = await receiptOf(await run(await newStack(t), numbered(sent), options));
    expect(receipt.status, receipt.reasons.join(" ")).toBe(status);
  });

  test("resources that only the state has are seen", async () => {
    const on = await newStack(t);
    const resource = (name: string, length: number) => ({ urn: urnOf(name), type: "a:b:C", inputs: { length } });
    const analyses = [analysed(urnOf("rex")), step("create", "rex"), asked, end];
    const runWith = async (...resources: object[]) => {
      const update = await start(on);
      await update.events(numbered(analyses));
      expect((await update.checkpoint({ manifest: {}, resources })).status).toBe(200);
      await update.complete();
      return receiptOf(update.id);
    };
    expect(await runWith(resource("rex", 1))).toMatchObject({ status: "complete", states: { changed: 1 } });
    const hidden = `The state of 1 resource was changed, and not every pack analysed them: ${urnOf("tom")}.`;
    for (const length of [1, 2])
      expect(await runWith(resource("rex", length), resource("tom", length))).toMatchObject({
        status: "incomplete",
        reasons: [hidden],
      });
    expect(await runWith(resource("tom", 2))).toMatchObject({ status: "complete", states: { changed: 0 } });
  });

  const ofOther = (more: object) => ({
    policyAnalyzeSummaryEvent: { ...ofPets, resourceUrn: urnOf("tom"), ...more },
  });
  const child = step("create", "tom", { parent: urnOf("rex") });
  test.each<[how: string, said: object[], options?: Options, status?: string]>([
    ["was analysed by a pack that is not required", [ofOther({ policyPackName: "cars" })]],
    ["was analysed by a pack whose name differs in case", [ofOther({ policyPackName: "Pets" })]],
    ["was analysed by another version", [ofOther({ policyPackVersion: "2.0.0", policyPackVersionTag: "2.0.0" })]],
    ["is said to have failed", [step("create", "tom"), { resOpFailedEvent: step("create", "tom").resourcePreEvent }]],
    ["is said to be a view", [child]],
    ["was made by a refresh", [], { kind: "refresh", environment: { "pulumi.flag.run-program": "true" } }],
    ["was made while another was imported", [step("import", "rex")], {}, "missing"],
  ])("a resource of the state that %s was not analysed", async (_, said, options, status = "incomplete") => {
    const update = await start(await newStack(t), options);
    const honest = status === "missing" ? [] : [analysed(urnOf("rex")), step("create", "rex"), asked];
    await update.events(numbered([...honest, ...said, end]));
    await update.checkpoint({ resources: ["rex", "tom"].map((name) => ({ urn: urnOf(name), type: "a:b:C" })) });
    await update.complete();
    const receipt = await receiptOf(update.id);
    expect(receipt.status).toBe(status);
    expect(receipt.reasons.join(" ")).toContain(`not every pack analysed them: `);
    expect(receipt.states.unanalysed.first).toContain(urnOf("tom"));
  });

  test("a state that the CLI reads otherwise than the server makes a receipt incomplete", async () => {
    const update = await start(await newStack(t));
    await update.events(numbered([analysed(urnOf("rex")), step("create", "rex"), asked, end]));
    await update.checkpoint({ resources: [], Resources: [{ urn: urnOf("tom"), type: "a:b:C" }] });
    await update.complete();
    expect(await receiptOf(update.id)).toMatchObject({
      status: "incomplete",
      reasons: ["Its state and the one before it could not be compared."],
      states: { notCompared: "The states could not be read." },
    });
  });

  test("a preview deploys nothing, whatever its options say", async () => {
    const preview = await start(await newStack(t), { kind: "preview" });
    expect((await preview.checkpoint({})).body.id).toBe("preview_has_no_state");
    await preview.complete();
    expect((await receiptOf(preview.id)).states).toEqual({ notCompared: "A preview changes no state." });
  });

  test("an early or repeated last event hides no hole", async () => {
    const all = numbered([analysed(urnOf("rex")), step("create", "rex"), asked, end]);
    const early = [{ ...end, sequence: 0, timestamp: 0 }, ...all.slice(1).map((event) => ({ ...event, sequence: 9 }))];
    expect(await receiptOf(await run(await newStack(t), early))).toMatchObject({ events: { missing: 8 } });
    const again = [...all.slice(0, 3), { ...end, sequence: 2, timestamp: 0 }];
    expect(await receiptOf(await run(await newStack(t), again))).toMatchObject({ events: { ended: false } });
  });

  test("a killed client and a cancelled one get theirs when the server looks for them, and only one each", async () => {
    const on = await newStack(t);
    const hooks = `${on.path}/hooks`;
    await t.send(`POST ${hooks}`, {
      name: "chat",
      payloadUrl: "https://chat.invalid",
      filters: ["receipt_incomplete"],
    });
    const killed = await start(on);
    await killed.events(events("up-fixes").slice(0, 12));
    await killed.expire();
    const preview = await start(on, { dryRun: true });
    await preview.expire();
    await t.upkeep();
    const cancelled = await start(on);
    await cancelled.cancel();
    await Promise.all([t.upkeep(), t.upkeep()]);
    const outcomes = await Promise.all([killed.id, preview.id, cancelled.id].map(receiptOf));
    expect(outcomes.map(({ status, update: { outcome } }) => [outcome, status])).toEqual([
      ["expired", "incomplete"],
      ["expired", "incomplete"],
      ["cancelled", "incomplete"],
    ]);
    const { body } = await t.send(`GET /api/quillon/orgs/acme/stacks/web/${on.name}/receipts`);
    expect(body.receipts.map(({ updateID }: { updateID: string }) => updateID).sort()).toEqual(
      [killed.id, preview.id, cancelled.id].sort(),
    );
    // Only real updates are told of.
    const told = (await t.send(`GET ${hooks}/chat/deliveries`)).body;
    expect(
      told.map(({ kind, payload }: { kind: string; payload: string }) => [kind, JSON.parse(payload).updateUrl]),
    ).toEqual([2, 1].map((version) => ["receipt", expect.stringMatching(`/acme/web/${on.name}/updates/${version}$`)]));
  });

  test("an update whose receipt can't be made ends all the same, and gets one that says so", async () => {
    const on = await newStack(t);
    const update = await start(on);
    // No event can do this; it stands for a mistake of ours.
    await t.db.updateTable("updates").set({ required_policies: '{"no":"list"}' }).where("id", "=", update.id).execute();
    expect((await update.complete()).status).toBe(200);
    expect(await receiptOf(update.id)).toMatchObject({
      status: "incomplete",
      reasons: ["The server could not find out what was analysed."],
    });
    expect((await on.run()).version).toBe(2);
  });
});
