import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newGroup, newPack } from "../../testing/group.ts";
import { untilWaiting } from "../../testing/locks.ts";
import { person } from "../../testing/people.ts";
import { policyRun } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const load = { policyLoadEvent: {} };
const begun = { preludeEvent: {} };

describe.each(engines)("pack health on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await t.send("POST /api/orgs/acme/hooks", {
      name: "team",
      payloadUrl: "https://chat.invalid",
      filters: ["pack_failed", "pack_recovered"],
    });
  });
  afterAll(() => t.close());

  /** A pack of two versions, and a group that enables it for the stacks. */
  async function enabledPack(stacks: TestStack[]) {
    const pack = await newPack(t, ["1.0.0", "1.1.0"]);
    const group = await newGroup(t);
    for (const stack of stacks) await edit(t, group, { addStack: { name: stack.name, routingProject: "web" } });
    const enable = (versionTag: string) => edit(t, group, { addPolicyPack: { name: pack, versionTag } });
    await enable("1.0.0");
    return { pack, group, enable };
  }
  const health = async (pack: string, as?: string) =>
    (await t.send(`GET /api/quillon/orgs/acme/policypacks/${pack}/health`, undefined, as ? { as } : {})).body.versions;
  const works = (on: TestStack, dryRun = false) => policyRun(on, { events: [load, begun], dryRun });
  const fails = (on: TestStack, events: object[], dryRun = false) =>
    policyRun(on, { events, dryRun, status: "failed" });
  const refusal = (pack: string, tag = "1.1.0") => ({
    diagnosticEvent: { severity: "error", message: `validating policy config: ${pack} ${tag}  a: is\u0007 required` },
  });
  async function told(pack: string) {
    const rows = await t.db
      .selectFrom("webhook_deliveries")
      .orderBy("created_at")
      .select(["kind", "payload"])
      .execute();
    const payloads = rows.map(({ kind, payload }) => ({ kind, ...JSON.parse(payload) }));
    return payloads.filter(({ policyPackName }) => policyPackName === pack);
  }

  test("A version that fails after another worked is shown with the reason, and reverted as its answer says", async () => {
    const on = await newStack(t);
    const { pack, group, enable } = await enabledPack([on]);
    await works(on);
    await enable("1.1.0");
    await fails(on, [load, refusal(pack)], true);
    await fails(on, [load, refusal(pack)], true);
    const versions = await health(pack);
    expect(versions).toMatchObject([
      {
        versionTag: "1.1.0",
        policyGroups: [group],
        runs: 2,
        failedRuns: 2,
        failingStacks: 1,
        failures: [
          {
            project: "web",
            stack: on.name,
            failing: true,
            dryRun: true,
            stage: "configure",
            message: `validating policy config: ${pack} 1.1.0  a: is required`,
            certain: true,
          },
        ],
        revert: {
          versionTag: "1.0.0",
          reason: "1 stack fails because of version 1.1.0. Version 1.0.0 worked in 1 of them.",
          commands: [`pulumi policy enable acme/${pack} 1.0.0 --policy-group ${group}`],
        },
      },
      { versionTag: "1.0.0", policyGroups: [], runs: 1, failedRuns: 0, failingStacks: 0, failures: [] },
    ]);
    const results = `/api/quillon/orgs/acme/stacks/web/${on.name}/updates/latest/results`;
    const failure = `validating policy config: ${pack} 1.1.0  a: is required`;
    for (const path of [results, `${results}/counts`])
      expect((await t.send(`GET ${path}`)).body.packs).toEqual([
        { name: pack, version: "1.1.0", required: true, policies: [], failure },
      ]);
    expect(versions[0]).not.toHaveProperty("workedAt");
    expect(versions[1]).toHaveProperty("workedAt");
    await enable("1.0.0");
    await works(on);
    const [bad, good] = await health(pack);
    expect(bad).toMatchObject({ failedRuns: 2, failingStacks: 0, policyGroups: [] });
    expect(bad).not.toHaveProperty("revert");
    expect(good).toMatchObject({ runs: 2, failedRuns: 0, policyGroups: [group] });
    expect(await told(pack)).toMatchObject([
      {
        kind: "policy_pack_health",
        action: "failed",
        policyPackVersionTag: "1.1.0",
        stage: "configure",
        projectName: "web",
        stackName: on.name,
        workedBeforeVersionTag: "1.0.0",
      },
      { action: "recovered", policyPackVersionTag: "1.1.0" },
    ]);
  });

  test("A version is told of once for all stacks, and again when it fails after it recovered", async () => {
    const [first, second] = [await newStack(t), await newStack(t)];
    const { pack } = await enabledPack([first, second]);
    const fail = (on: TestStack) => fails(on, [load, refusal(pack, "1.0.0")]);
    await Promise.all([fail(first), fail(second)]);
    await fail(first);
    await works(first);
    await works(first);
    await works(second);
    await fail(second);
    await Promise.all([works(second), fail(first)]);
    await works(first);
    const actions = (await told(pack)).map(({ action }) => action);
    // Either of the last two at the same time may have been the first.
    expect([4, 6]).toContain(actions.length);
    expect(actions).toEqual(actions.map((_, index) => (index % 2 === 0 ? "failed" : "recovered")));
  });

  if (engine.name === "PostgreSQL")
    test("Of two stacks that begin to fail at the same time, one is told of", async () => {
      const [first, second] = [await newStack(t), await newStack(t)];
      const { pack } = await enabledPack([first, second]);
      const both = [first, second].map((on) => () => fails(on, [load, refusal(pack, "1.0.0")]));
      await t.db
        .transaction()
        .execute(async (db) => {
          await sql`lock table webhook_deliveries in exclusive mode`.execute(db);
          // Neither has ended its transaction before both have counted their run.
          const failing = both.map((fail) => fail());
          await untilWaiting(t, 2);
          return { failing };
        })
        .then(({ failing }) => Promise.all(failing));
      expect((await told(pack)).map(({ action }) => action)).toEqual(["failed"]);
    });

  test("A version that threw works again when a run succeeds, and not when one has only loaded it", async () => {
    const on = await newStack(t);
    const { pack } = await enabledPack([on]);
    const message = `failed to run policy: Error validating resource with policy 'a' from policy pack '${pack}@v1.0.0':\nError: no`;
    await fails(on, [load, begun, { diagnosticEvent: { severity: "error", message, urn: "u" } }]);
    await fails(on, [load, begun]);
    expect(await health(pack)).toMatchObject([{ runs: 2, failedRuns: 1, failingStacks: 1 }]);
    await works(on);
    expect(await health(pack)).toMatchObject([
      { runs: 3, failedRuns: 1, failingStacks: 0, failures: [{ stage: "run", failing: false }] },
    ]);
  });

  test("Of several packs, the one that never worked is suspected", async () => {
    const on = await newStack(t);
    const { pack: old } = await enabledPack([on]);
    await works(on);
    const { pack } = await enabledPack([on]);
    await fails(on, []);
    expect(await health(pack)).toMatchObject([{ failedRuns: 1, failures: [{ stage: "install", certain: false }] }]);
    await fails(on, [load, load]);
    expect(await health(pack)).toMatchObject([{ failedRuns: 2, failures: [{ stage: "load", certain: true }] }]);
    expect(await health(old)).toMatchObject([{ runs: 3, failedRuns: 0 }]);
  });

  test("A run that is cancelled, whose client died, or that loads no packs counts against no pack", async () => {
    const on = await newStack(t);
    const { pack } = await enabledPack([on]);
    await works(on);
    const cancelled = await on.run();
    await cancelled.events([{ sequence: 0, timestamp: 0, ...load }]);
    await cancelled.cancel();
    const died = await on.run();
    await died.events([{ sequence: 0, timestamp: 0, ...load }]);
    await died.expire();
    await t.upkeep();
    await policyRun(on, { kind: "destroy", status: "failed", events: [load, refusal(pack, "1.0.0")] });
    expect(await health(pack)).toMatchObject([{ runs: 3, failedRuns: 0, failingStacks: 0 }]);
  });

  test("Who may not read a stack sees nothing of it, and who knows only Pulumi's API is sent nothing of it", async () => {
    const on = await newStack(t);
    const { pack } = await enabledPack([on]);
    await fails(on, [load, refusal(pack, "1.0.0")]);
    const as = await person(t, `outsider-of-${pack}`);
    expect(await health(pack, as)).toEqual([
      {
        version: 1,
        versionTag: "1.0.0",
        policyGroups: [expect.any(String)],
        runs: 0,
        failedRuns: 0,
        failingStacks: 0,
        failures: [],
      },
    ]);
    const path = `GET /api/orgs/acme/policypacks/${pack}/versions/1.0.0`;
    expect((await t.send(path)).body.health).toMatchObject({ runs: 1, failedRuns: 1, failingStacks: 1 });
    expect((await t.send(path, undefined, { as })).body.health).toMatchObject({ runs: 0, failedRuns: 0 });
    const headers = { authorization: `token ${t.token}`, accept: "application/vnd.pulumi+8" };
    expect((await t.send(path, undefined, { headers })).body).not.toHaveProperty("health");
    expect(await t.send("GET /api/quillon/orgs/acme/policypacks/none/health")).toMatchObject({
      status: 404,
      body: { id: "pack_not_found" },
    });
  });

  test("A stack keeps ten versions of a pack", async () => {
    const on = await newStack(t);
    const tags = Array.from({ length: 12 }, (_, index) => `1.${index}.0`);
    const pack = await newPack(t, tags);
    const group = await newGroup(t);
    await edit(t, group, { addStack: { name: on.name, routingProject: "web" } });
    for (const versionTag of tags) {
      await edit(t, group, { addPolicyPack: { name: pack, versionTag } });
      await works(on, true);
    }
    expect((await health(pack)).map(({ versionTag }: { versionTag: string }) => versionTag)).toEqual(
      tags.slice(2).reverse(),
    );
  });
});
