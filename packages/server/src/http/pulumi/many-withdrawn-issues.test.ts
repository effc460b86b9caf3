import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newGroup, newVersion } from "../../testing/group.ts";
import { policyRun } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

/** Findings of a stack, beside two others. 10,000 are withdrawn at once. */
const MORE = 12_000;

const policies = ["length", "prefix"].map((name) => ({
  name,
  description: "d",
  enforcementLevel: "advisory",
  message: "m",
}));

describe.each(engines)("very many withdrawn findings of a stack on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await newVersion(t, "pets", "1.0.0", policies);
    await newVersion(t, "pets", "2.0.0", policies.slice(1));
  });
  afterAll(() => t.close());

  async function open(stack: TestStack): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from findings join stacks on stacks.id = stack_id
      where stacks.name = ${stack.name} and ended is null`.execute(t.db);
    return rows[0]?.count ?? 0;
  }

  /** A stack in a group of its own. */
  async function violated() {
    const stack = await newStack(t);
    const group = await newGroup(t);
    const addStack = { name: stack.name, routingProject: "web" };
    await edit(t, group, { addStack, addPolicyPack: { name: "pets", versionTag: "1.0.0" } });
    await policyRun(stack, { lines: ["rex !length !prefix"] });
    await sql`
      insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message, priority,
        first_seen_at, first_seen_tag, last_seen_at, modified_at)
      select findings.organization_id, stack_id, pack, policy, urn || n, sha256(convert_to(urn || n, 'UTF8')), tag, level, severity,
        message, priority, first_seen_at, first_seen_tag, last_seen_at, modified_at
      from findings join stacks on stacks.id = stack_id cross join generate_series(1, ${MORE}::int) n
      where stacks.name = ${stack.name} and policy = 'length'`.execute(t.db);
    return { stack, group, addStack };
  }

  test.each<[string, (made: Awaited<ReturnType<typeof violated>>) => Promise<unknown>, number]>([
    ["the pack is removed", ({ group }) => edit(t, group, { removePolicyPack: { name: "pets" } }), 0],
    [
      "another version has fewer policies",
      ({ group }) => edit(t, group, { addPolicyPack: { name: "pets", versionTag: "2.0.0" } }),
      1,
    ],
    ["the stack leaves the group", ({ group, addStack }) => edit(t, group, { removeStack: addStack }), 0],
  ])("the first are withdrawn at once when %s, and the upkeep does the rest", async (_, change, left) => {
    const made = await violated();
    await change(made);
    expect(await open(made.stack)).toBe(MORE + 2 - 10_000);
    await t.upkeep();
    expect(await open(made.stack)).toBe(left);
  });
});
