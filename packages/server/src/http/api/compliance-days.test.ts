import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { requirePack } from "../../testing/group.ts";
import { person, team } from "../../testing/people.ts";
import { policyRun } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const DAYS = "/api/quillon/orgs/acme/compliance/days";
const policies = ["length", "prefix"].map((name) => ({
  name,
  description: "d",
  enforcementLevel: "advisory",
  message: "m",
}));

describe.each(engines)("compliance of each day on $name", (engine) => {
  let t: TestApp;
  let one: TestStack;
  let two: TestStack;
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await requirePack(t, "pets", policies);
    [one, two] = [await newStack(t), await newStack(t)];
    await policyRun(one, { lines: ["rex !length", "tom length"] });
    await policyRun(two, { lines: ["rex length"] });
    await t.upkeep();
  });
  afterAll(() => t.close());

  const days = async (query = "", as = `token ${t.token}`) =>
    (await t.send(`GET ${DAYS}${query}`, undefined, { as })).body;
  const today = () => new Date().toISOString().slice(0, 10);

  test("a day has the scores of each pack, and what was changed", async () => {
    const { days: found, resources, changes } = await days();
    expect(resources).toEqual([{ day: today(), cleanResources: 2, governedResources: 3 }]);
    expect(found).toEqual([
      {
        day: today(),
        policyPack: "pets",
        policyPackTags: ["1.0.0"],
        stacks: 2,
        passingPolicies: 3,
        policies: 4,
        exceptedPolicies: 0,
        score: 75,
        cleanResources: 2,
        governedResources: 3,
        exceptedResources: 0,
        resourceScore: 66,
      },
    ]);
    expect(changes).toEqual([
      { day: today(), event: "Policy Group Updated", count: 1 },
      { day: today(), event: "Policy Pack Published", count: 1 },
      { day: today(), event: "Stack Created", count: 2 },
    ]);
  });

  test("it is written once, and not changed by what comes later, also not when the stack is removed", async () => {
    const { days: before, resources } = await days();
    await policyRun(one, { lines: ["rex length"] });
    await t.upkeep();
    expect(await days()).toMatchObject({ days: before, resources });
    const gone = await newStack(t);
    await policyRun(gone, { lines: ["rex length"] });
    await t.db.deleteFrom("score_days").execute();
    await t.db.deleteFrom("resource_days").execute();
    await t.db.deleteFrom("scored_days").execute();
    await t.upkeep();
    expect((await days()).days).toMatchObject([{ stacks: 3 }]);
    expect((await t.send(`DELETE ${gone.path}`)).status).toBeLessThan(300);
    expect(await days()).toMatchObject({ days: [{ stacks: 3 }], resources: [{ governedResources: 4 }] });
  });

  test("whoever may not read a stack sees nothing of it", async () => {
    const outsider = await person(t, "outsider");
    const reader = await team(t, "readers", { [`web/${one.name}`]: 101 });
    expect(await days("", outsider)).toMatchObject({ days: [], resources: [] });
    const seen = await days("", reader);
    expect(seen).toMatchObject({ days: [{ stacks: 1, policies: 2 }], resources: [{ governedResources: 2 }] });
    expect(seen.changes.map(({ event }: { event: string }) => event)).not.toContain("Stack Created");
  });

  test.each([
    ["?from=2030-02-31", 400],
    ["?from=yesterday", 400],
    ["?from=2030-01-02&until=2030-01-01", 400],
    ["?from=2028-01-01&until=2030-01-01", 400],
    ["?from=2030-01-01&until=2030-01-01", 200],
    ["?until=2030-01-01", 200],
  ])("the range %s is answered with %d", async (query, status) => {
    const answer = await t.send(`GET ${DAYS}${query}`);
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.body).toEqual({ days: [], resources: [], changes: [] });
    else expect(answer.body.message).toMatch("days such as 2030-01-31");
  });
});
