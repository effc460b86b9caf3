import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { age, EXCEPTIONS, wishFor } from "../testing/exception.ts";
import { newestEvent, requirePack } from "../testing/group.ts";
import { holdStack, untilWaiting } from "../testing/locks.ts";
import { eventsOf, OLDER, type PolicyRun, policyRun, urnOf } from "../testing/policy-run.ts";
import { newStack, type TestStack } from "../testing/stack.ts";

interface Predicted {
  resourceURN: string;
  blocked: boolean;
  exceptions?: { id: string }[];
}

const policies = ["length", "few"].map((name) => ({
  name,
  description: "d",
  enforcementLevel: "mandatory",
  message: "m",
}));

describe.each(engines)("exceptions of the service in findings on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets", policies);
    const hook = { displayName: "open", payloadUrl: "http://127.0.0.1:1/x", active: true };
    await t.send("POST /api/orgs/acme/hooks", { ...hook, filters: ["policy_violation_mandatory"] });
  });
  afterAll(() => t.close());

  /** @returns its id. */
  async function except(on: TestStack, resources: string[], more: object = {}): Promise<string> {
    const match = [{ policies: ["length", "few"], targets: resources.map((one) => urnOf(on.name, one)) }];
    const { body } = await t.send(`POST ${EXCEPTIONS}`, { ...wishFor("pets", []), match, ...more });
    return body.id;
  }
  const findings = async (on: TestStack) => {
    const { body } = await t.send(`GET ${on.path}`);
    const rows = await t.db.selectFrom("findings").where("stack_id", "=", body.id).orderBy("urn").selectAll().execute();
    return rows.map(({ urn, level, status, ended, exceptions }) =>
      [urn.split("::").at(-1), level, ended ?? status, ...(exceptions ?? []).map(({ id }) => id)].join(" "),
    );
  };
  const named = (...ids: string[]) => ids.map((id) => ({ id, reason: "r" }));
  const older = (on: TestStack, run: PolicyRun) => policyRun(on, { ...run, client: OLDER });
  async function excepted(on: TestStack): Promise<string> {
    const { body } = await t.send("GET /api/quillon/orgs/acme/compliance");
    const score = body.scores.find(({ name }: { name: string }) => name === `web/${on.name}`);
    return `${score.passingPolicies} of ${score.policies}, ${score.exceptedPolicies} excepted`;
  }

  test("under an older CLI, what the pack reports as advisory is excepted, with its policy's level, and what blocks is not", async () => {
    const on = await newStack(t);
    const id = await except(on, ["rex", "root"]);
    await older(on, { lines: ["rex !length", "tom !length", "stack !few@root"] });
    expect(await findings(on)).toEqual([
      `root mandatory excepted ${id}`,
      `rex mandatory excepted ${id}`,
      "tom advisory open",
    ]);
    await older(on, { lines: ["rex !length"], level: "mandatory" });
    expect(await findings(on)).toEqual([`root mandatory excepted ${id}`, "rex mandatory open", "tom advisory open"]);
  });

  test("under a newer CLI, what the engine does not name is a violation", async () => {
    const on = await newStack(t);
    await except(on, ["rex"]);
    await policyRun(on, { lines: ["rex !length"] });
    expect(await findings(on)).toEqual(["rex advisory open"]);
  });

  /** What webhooks were told of findings of the stack that are open again, newest last. */
  async function told(on: TestStack) {
    const rows = await t.db.selectFrom("webhook_deliveries").select("payload").orderBy("created_at").execute();
    return rows
      .map(({ payload }) => JSON.parse(String(payload)))
      .filter(({ stackName, policyExceptions }) => stackName === on.name && policyExceptions);
  }

  test("what one exception lets through is open again when it is removed, and fails in scores", async () => {
    const on = await newStack(t);
    const [one, other] = [await except(on, ["rex", "tom"]), await except(on, ["tom"])];
    await older(on, { lines: ["rex !length", "tom !length", "stack few"] });
    expect(await findings(on)).toEqual([`rex mandatory excepted ${one}`, `tom mandatory excepted ${one} ${other}`]);
    expect(await excepted(on)).toBe("1 of 2, 1 excepted");
    expect((await t.send(`DELETE ${EXCEPTIONS}/${one}`)).status).toBe(200);
    expect(await findings(on)).toEqual(["rex mandatory open", `tom mandatory excepted ${other}`]);
    expect(await excepted(on)).toBe("1 of 2, 0 excepted");
    expect(await newestEvent(t)).toMatchObject({
      event: "Policy Issue Updated",
      user: { githubLogin: "admin" },
      description: `Opened policy issue length of web/${on.name} again, because policy exception ${one} was removed`,
    });
    expect(await told(on)).toMatchObject([
      {
        user: { githubLogin: "admin" },
        policyExceptions: [one],
        policyExceptionsAre: "removed",
        enforcementLevel: "mandatory",
        ...{ opened: 0, reopened: 1, fixed: 0 },
        violations: [{ change: "reopened", policyName: "length", resourceUrn: urnOf(on.name, "rex"), message: "bad" }],
      },
    ]);
  });

  test("and when the stack is renamed, unless an exception names its resources as they are called then", async () => {
    const on = await newStack(t);
    const named = { ...on, name: `${on.name}-new`, path: `/api/stacks/acme/web/${on.name}-new` };
    const [one, other] = [await except(on, ["rex", "tom"]), await except(named, ["tom"])];
    await older(on, { lines: ["rex !length", "tom !length", "stack few"] });
    expect(await findings(on)).toEqual([`rex mandatory excepted ${one}`, `tom mandatory excepted ${one}`]);
    const both = [one, other].map((id) => ({ id, reason: "r" }));
    await t.db
      .updateTable("findings")
      .set({ exceptions: JSON.stringify(both) })
      .where("urn", "=", urnOf(on.name, "tom"))
      .execute();
    expect((await t.send(`POST ${on.path}/rename`, { newName: named.name })).status).toBe(200);
    expect(await findings(named)).toEqual(["rex mandatory open", `tom mandatory excepted ${other}`]);
    expect(await excepted(named)).toBe("1 of 2, 0 excepted");
    expect(await newestEvent(t)).toMatchObject({
      user: { githubLogin: "server" },
      description: `Opened policy issue length of web/${named.name} again, because policy exception ${one} names the resource as it was called before the stack was renamed`,
    });
    expect(await told(named)).toMatchObject([
      {
        policyExceptions: [one],
        policyExceptionsAre: "renamed",
        violations: [{ change: "reopened", resourceUrn: urnOf(named.name, "rex") }],
      },
    ]);
  });

  test("and when its time is over", async () => {
    const on = await newStack(t);
    const id = await except(on, ["rex"], { expiresInSeconds: 3600 });
    await older(on, { lines: ["rex !length", "stack few"] });
    await t.upkeep();
    expect(await findings(on)).toEqual([`rex mandatory excepted ${id}`]);
    await age(t, id, 1);
    await t.upkeep();
    expect(await findings(on)).toEqual(["rex mandatory open"]);
    expect(await newestEvent(t)).toMatchObject({
      description: `Opened policy issue length of web/${on.name} again, because policy exception ${id} has ended`,
    });
    const [message, ...others] = await told(on);
    expect(message).toMatchObject({ policyExceptions: [id], policyExceptionsAre: "ended", reopened: 1 });
    expect(message).not.toHaveProperty("user");
    expect(others).toEqual([]);
  });

  test("what somebody ignores is not told", async () => {
    const on = await newStack(t);
    await policyRun(on, { lines: ["rex !length"], level: "mandatory" });
    await t.db
      .updateTable("findings")
      .set({ status: "ignored", triaged_level: "mandatory", triaged_severity: "" })
      .execute();
    const id = await except(on, ["rex"]);
    await policyRun(on, { lines: ["rex ^length"], level: "mandatory", exceptions: named(id) });
    await t.send(`DELETE ${EXCEPTIONS}/${id}`);
    expect(await findings(on)).toEqual(["rex mandatory ignored"]);
    expect(await told(on)).toEqual([]);
  });

  describe("when an exception ends while an update runs that it lets through,", () => {
    const lines = ["rex ^length", "tom ^length"];
    const ends: [how: string, end: (id: string) => Promise<unknown>][] = [
      ["is removed", (id) => t.send(`DELETE ${EXCEPTIONS}/${id}`)],
      ["is over", (id) => age(t, id, 1)],
    ];

    test.each(ends)("because it %s, its findings are open when the update ends", async (_, end) => {
      const on = await newStack(t);
      const one = await except(on, ["rex", "tom"], { expiresInSeconds: 3600 });
      const other = await except(on, ["tom"]);
      const created = await on.create();
      await end(one);
      await policyRun(on, { lines, level: "mandatory", created, exceptions: named(one) });
      expect(await findings(on)).toEqual(["rex mandatory open", `tom mandatory excepted ${other}`]);
      expect(await excepted(on)).toBe("1 of 2, 0 excepted");
      const { body } = await t.send(`GET /api/quillon/orgs/acme/stacks/web/${on.name}/updates/latest/results`);
      expect(body.counts).toMatchObject({ mandatory: 0, excepted: 2 });
    });

    test("and both at the same time, nothing stays excepted by it", async () => {
      for (let round = 0; round < 12; round += 1) {
        const on = await newStack(t);
        const id = await except(on, ["rex", "tom"]);
        const update = await on.run();
        await update.events(eventsOf(on, { lines, exceptions: named(id) }));
        const remove = async () => expect((await t.send(`DELETE ${EXCEPTIONS}/${id}`)).status).toBe(200);
        const complete = async () => expect((await update.complete()).status).toBe(200);
        const both = round % 2 ? [remove, complete] : [complete, remove];
        await Promise.all(both.map((work) => work()));
        expect(await findings(on)).toEqual(["rex advisory open", "tom advisory open"]);
        expect(await excepted(on)).toBe("1 of 2, 0 excepted");
      }
    });
  });

  // The embedded database has one connection, so there nothing can happen during a transaction.
  if (engine.name === "PostgreSQL") {
    /** A stack with an excepted finding, whose update is not in the findings yet, as after a server that ended. */
    async function unsettled() {
      const on = await newStack(t);
      const id = await except(on, ["rex"]);
      await older(on, { lines: ["rex !length"] });
      const { body } = await t.send(`GET ${on.path}`);
      await t.db.updateTable("updates").set({ settled: false }).where("stack_id", "=", body.id).execute();
      return { on, stackId: body.id, remove: () => t.send(`DELETE ${EXCEPTIONS}/${id}`) };
    }

    test("a removal waits for an update that is being brought into the findings, and opens what it excepted", async () => {
      const { on, stackId, remove } = await unsettled();
      await t.db.deleteFrom("findings").where("stack_id", "=", stackId).execute();
      const held = await holdStack(t, on.name);
      const settled = t.upkeep();
      await untilWaiting(t, 1);
      const removed = remove();
      await Promise.race([removed, untilWaiting(t, 2)]);
      held.release();
      expect((await removed).status).toBe(200);
      await settled;
      expect(await findings(on)).toEqual(["rex mandatory open"]);
    });

    test("an update waits for the removal of its exception, and leaves open what that has opened", async () => {
      const { on, remove } = await unsettled();
      const held = await holdStack(t, on.name);
      const removed = remove();
      await untilWaiting(t, 1);
      const settled = t.upkeep();
      await untilWaiting(t, 2);
      held.release();
      expect((await removed).status).toBe(200);
      await settled;
      expect(await findings(on)).toEqual(["rex mandatory open"]);
    });
  }

  test("a prediction has only the exceptions of its preview that have not ended", async () => {
    const on = await newStack(t);
    const [one, other] = [await except(on, ["rex", "tom"]), await except(on, ["tom"])];
    await older(on, { lines: ["rex !length", "tom !length"], kind: "preview", dryRun: true });
    const predictions = async () => {
      const { body } = await t.send(`GET /api/quillon/orgs/acme/predictions?stack=web/${on.name}`);
      return body.predictions
        .map(({ resourceURN, blocked, exceptions = [] }: Predicted) =>
          [resourceURN.split("::").at(-1), blocked ? "blocked" : "goes on", ...exceptions.map(({ id }) => id)].join(
            " ",
          ),
        )
        .sort();
    };
    expect(await predictions()).toEqual([`rex goes on ${one}`, `tom goes on ${one} ${other}`]);
    await t.send(`DELETE ${EXCEPTIONS}/${one}`);
    expect(await predictions()).toEqual(["rex blocked", `tom goes on ${other}`]);
  });
});
