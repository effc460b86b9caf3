import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { requirePack } from "../../testing/group.ts";
import { policyRun, urnOf } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const ISSUES = "/api/orgs/acme/policyresults/issues";

describe.each(engines)("findings of stacks whose state is edited, on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets", [{ name: "length", description: "d", enforcementLevel: "advisory", message: "m" }]);
  });
  afterAll(() => t.close());

  const resource = (stack: TestStack, name: string, more: object = {}) => ({
    urn: urnOf(stack.name, name),
    type: "random:index/randomPet:RandomPet",
    custom: true,
    id: `id of ${name}`,
    ...more,
  });

  /** A stack in whose last run each of these resources was violated. */
  async function violated(...names: string[]) {
    const stack = await newStack(t);
    await importing(stack, names);
    await policyRun(stack, { lines: names.map((name) => `${name} !length`) });
    return stack;
  }
  async function importing(stack: TestStack, names: string[], more: object[] = []) {
    const resources = [...names.map((name) => resource(stack, name)), ...more];
    const answer = await t.send(`POST ${stack.path}/import`, { version: 3, deployment: { resources } });
    expect(answer.status).toBe(200);
    return answer.body.updateId as string;
  }

  async function issues(stack: TestStack, closed: boolean) {
    const conditions = [{ colId: "entityId", filter: stack.name, filterType: "text", type: "equals" }];
    const body = { filterModel: { type: "AND", conditions } };
    return (await t.send(`POST ${ISSUES}${closed ? "?closed=true" : ""}`, body)).body.policyIssues;
  }
  /** `rex open, tom fixed` */
  async function states(stack: TestStack): Promise<string> {
    const all = [...(await issues(stack, false)), ...(await issues(stack, true))];
    return all
      .map(({ resourceName, status }) => `${resourceName} ${status}`)
      .sort()
      .join(", ");
  }

  test("a state whose URNs the database can't store is imported, and taken out again", async () => {
    const stack = await violated("rex", "tom");
    const odd = ["a\0b", "a\ud800b"].map((name) => resource(stack, name));
    await importing(stack, ["rex"], [...odd, resource(stack, "c\0d", { id: "id of tom" })]);
    expect(await states(stack)).toBe("rex open, tom fixed");
    await importing(stack, ["rex"]);
    expect(await states(stack)).toBe("rex open, tom fixed");
  });

  test("what a new state has no more is fixed at the time of the import", async () => {
    const stack = await violated("rex", "tom");
    const update = await importing(stack, ["rex"]);
    expect(await states(stack)).toBe("rex open, tom fixed");
    const { ended_at } = await t.db
      .selectFrom("updates")
      .where("id", "=", update)
      .select("ended_at")
      .executeTakeFirstOrThrow();
    const [tom] = await issues(stack, true);
    expect(tom).toMatchObject({ resolvedAt: ended_at?.toISOString() });
    expect(tom).not.toHaveProperty("withdrawn");
    const steps = await t.db.selectFrom("resource_steps").where("update_id", "=", update).select("urn").execute();
    expect(steps).toEqual([]);
  });

  test("it does not count in scores any more", async () => {
    const stack = await violated("rex", "tom");
    const score = async () => {
      const { body } = await t.send("GET /api/quillon/orgs/acme/compliance?by=stack");
      const { cleanResources, governedResources, passingPolicies } = body.scores.find(
        ({ name }: { name: string }) => name === `web/${stack.name}`,
      );
      return { cleanResources, governedResources, passingPolicies };
    };
    expect(await score()).toEqual({ cleanResources: 0, governedResources: 2, passingPolicies: 0 });
    await importing(stack, ["rex"]);
    expect(await score()).toEqual({ cleanResources: 0, governedResources: 1, passingPolicies: 0 });
    await importing(stack, []);
    expect(await score()).toEqual({ cleanResources: 0, governedResources: 0, passingPolicies: 1 });
  });

  test("a resource that is only renamed in the state keeps its finding and what people said of it", async () => {
    const stack = await violated("rex", "tom");
    const rex = (await issues(stack, false)).find(
      ({ resourceName }: { resourceName: string }) => resourceName === "rex",
    );
    await t.send(`PATCH ${ISSUES}/${rex.id}`, { status: "in_progress", priority: "p0" });
    await importing(stack, ["tom"], [resource(stack, "max", { id: "id of rex" })]);
    expect(await states(stack)).toBe("max in_progress, tom open");
    await policyRun(stack, { lines: ["max !length", "tom length"] });
    expect(await states(stack)).toBe("max in_progress, tom fixed");
    expect((await t.send(`GET ${ISSUES}/${rex.id}`)).body.policyIssue).toMatchObject({
      resourceName: "max",
      priority: "p0",
      reopenCount: 0,
    });
  });

  test("a state that is imported again with the resource leaves its finding fixed until a run shows it", async () => {
    const stack = await violated("rex");
    await importing(stack, []);
    await importing(stack, ["rex"]);
    expect(await states(stack)).toBe("rex fixed");
    await policyRun(stack, { lines: ["rex !length"] });
    expect(await states(stack)).toBe("rex open");
  });

  test("the old half of a replacement that is still there keeps the finding open", async () => {
    const stack = await violated("rex");
    await importing(stack, [], [resource(stack, "rex", { delete: true })]);
    expect(await states(stack)).toBe("rex open");
  });

  test("a resource of another stack that has moved away is gone, and the other stack's finding is its own", async () => {
    const [one, two] = [await violated("rex"), await violated("tom")];
    await importing(two, ["tom", "rex"]);
    await importing(one, []);
    expect([await states(one), await states(two)]).toEqual(["rex fixed", "tom open"]);
  });

  test("a large state is compared, too", async () => {
    const stack = await violated("rex", "tom");
    const filler = Array.from({ length: 1000 }, (_, n) =>
      resource(stack, `n${n}`, { outputs: { text: "x".repeat(300) } }),
    );
    await importing(stack, ["rex", "tom"], filler);
    expect(await states(stack)).toBe("rex open, tom open");
    await importing(stack, ["tom"], filler);
    expect(await states(stack)).toBe("rex fixed, tom open");
  });

  test("a state is imported also when the one before it is lost", async () => {
    const stack = await violated("rex");
    const random = Array.from({ length: 60_000 }, (_, n) => Math.sin(n)).join();
    await importing(stack, ["rex"], [resource(stack, "big", { outputs: { random } })]);
    await rm(join(t.folder, "states"), { recursive: true, force: true });
    await importing(stack, []);
    expect(await states(stack)).toBe("rex open");
  });

  test("imports at the same time leave what the last state says", async () => {
    const stack = await violated("rex", "tom");
    await Promise.all([importing(stack, ["rex"]), importing(stack, ["tom"]), importing(stack, ["rex", "tom"])]);
    await importing(stack, []);
    expect(await states(stack)).toBe("rex fixed, tom fixed");
  });

  test.each<[string, string, object]>([
    ["a refresh", "refresh", { op: "delete", old: {} }],
    ["an update that refreshes", "update", { op: "refresh", old: {} }],
    ["a destroy", "destroy", { op: "delete", old: {} }],
    ["an update that forgets a replacement", "update", { op: "remove-pending-replace", old: {} }],
  ])("%s that finds a resource gone fixes its findings", async (_, kind, metadata) => {
    const stack = await violated("rex", "tom");
    const event = { resOutputsEvent: { metadata: { ...metadata, urn: urnOf(stack.name, "rex") } } };
    await policyRun(stack, { kind, events: [event] });
    expect(await states(stack)).toBe("rex fixed, tom open");
  });

  test.each<[string, object[]]>([
    ["is still there", [{ op: "refresh", old: {}, new: {} }]],
    [
      "is made again by it",
      [
        { op: "refresh", old: {} },
        { op: "create", new: {} },
      ],
    ],
  ])("an update that refreshes a resource that %s fixes nothing", async (_, steps) => {
    const stack = await violated("rex");
    const urn = urnOf(stack.name, "rex");
    await policyRun(stack, { events: steps.map((step) => ({ resOutputsEvent: { metadata: { ...step, urn } } })) });
    expect(await states(stack)).toBe("rex open");
  });
});
