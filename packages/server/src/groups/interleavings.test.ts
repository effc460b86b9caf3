import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { edit, GROUPS, membersOf, newGroup, newPack, OWN_GROUPS, required } from "../testing/group.ts";
import { and, hasTag, not, or, tagIn, tagIs } from "../testing/match-rule.ts";
import { newStack } from "../testing/stack.ts";
import { membershipOf } from "./membership.ts";
import { sumPlaceCounts } from "./place-queries.ts";

interface Model {
  rule: object | null;
  stacks: { name: string; path: string; tags: Record<string, string>; listed: boolean }[];
}

const rules: object[] = [
  tagIs("env", "a"),
  not(tagIs("env", "a")),
  or(and(hasTag("env"), hasTag("team")), not(tagIn("env", ["a", "b"]))),
  { all: [{ stack: "moved*" }] },
  { any: [{ tag: "env", value: "a*" }, { tag: "team" }], except: [{ tag: "env", value: "b" }] },
];

const which = fc.nat(2);
const name = fc.constantFrom("env", "team");
const steps = fc.array(
  fc.oneof(
    fc.record({ verb: fc.constant("tag" as const), which, name, value: fc.constantFrom("a", "b") }),
    fc.record({ verb: fc.constant("untag" as const), which, name }),
    fc.record({ verb: fc.constant("rule" as const), rule: fc.constantFrom(...rules, null) }),
    fc.record({ verb: fc.constant("list" as const), which, listed: fc.boolean() }),
    fc.record({ verb: fc.constant("rename" as const), which }),
    fc.record({ verb: fc.constant("import" as const), which, resources: fc.nat(2) }),
    fc.record({ verb: fc.constant("replace" as const), which }),
    fc.record({ verb: fc.constant("sum up" as const) }),
  ),
  { minLength: 4, maxLength: 10 },
);
type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never;

let renamed = 0;

function stateOf(stack: string, resources: number) {
  const names = ["a", "b"].slice(0, resources);
  return {
    version: 3,
    deployment: {
      manifest: { time: "2024-01-01T00:00:00Z" },
      resources: names.map((name) => ({ urn: `urn:pulumi:${stack}::web::t::${name}`, type: "t", custom: true })),
    },
  };
}

describe.each(engines)("on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  async function setRule(group: string, rule: object | null): Promise<number> {
    if (rule && "__type" in rule) return (await edit(t, group, { stackMatchRule: rule })).status;
    if (rule) return (await t.send(`PUT ${OWN_GROUPS}/${group}/selector`, { selector: rule })).status;
    return (await edit(t, group, { removeStackMatchRule: true })).status;
  }

  async function take(step: Step, group: string, model: Model): Promise<void> {
    if (step.verb === "sum up") return sumPlaceCounts(t.db);
    if (step.verb === "rule") {
      expect(await setRule(group, step.rule)).toBe(200);
      model.rule = step.rule;
      return;
    }
    const stack = model.stacks[step.which];
    if (!stack) return;
    if (step.verb === "tag") {
      await t.send(`POST ${stack.path}/tags`, { name: step.name, value: step.value });
      stack.tags[step.name] = step.value;
    } else if (step.verb === "untag") {
      await t.send(`DELETE ${stack.path}/tags/${step.name}`);
      delete stack.tags[step.name];
    } else if (step.verb === "rename") {
      renamed += 1;
      const newName = `moved${renamed}`;
      expect((await t.send(`POST ${stack.path}/rename`, { newName })).status).toBe(200);
      Object.assign(stack, { name: newName, path: `/api/stacks/acme/web/${newName}` });
    } else if (step.verb === "import") {
      expect((await t.send(`POST ${stack.path}/import`, stateOf(stack.name, step.resources))).status).toBe(200);
    } else if (step.verb === "replace") {
      expect((await t.send(`DELETE ${stack.path}?force=true`)).status).toBe(200);
      Object.assign(stack, { ...(await newStack(t)), tags: {}, listed: false });
    } else if (step.listed !== stack.listed) {
      const reference = { name: stack.name, routingProject: "web" };
      await edit(t, group, { [step.listed ? "addStack" : "removeStack"]: reference });
      stack.listed = step.listed;
    }
  }

  /** What changes of stacks and states have added up to, and what there is. */
  async function counts() {
    const columns = sql`"organizationId", selectors, selected, sum(stacks)::int as stacks, sum(resources)::int as resources`;
    const sums = (rows: typeof columns) =>
      sql`
      select ${columns} from (${rows}) as counted group by 1, 2, 3 having sum(stacks) <> 0 or sum(resources) <> 0
      order by 1, 2, 3`.execute(t.db);
    const kept = await sums(sql`
      select organization_id as "organizationId", selectors::text, selected, stacks, resources from place_counts`);
    const afresh = await sums(sql`
      select stack.organization_id as "organizationId", selectors::text, selected, 1 as stacks, coalesce((
          select resource_count from checkpoints where stack_id = stack.id order by version desc limit 1
        ), 0) as resources
      from stacks stack left join stack_places on stack_places.stack_id = stack.id`);
    return { kept: kept.rows, afresh: afresh.rows };
  }

  async function expectCountsToAgree() {
    const { kept, afresh } = await counts();
    expect(kept).toEqual(afresh);
  }

  async function seen(group: string, { stacks }: Model) {
    const summaries = (await t.send(`GET ${GROUPS}`)).body.policyGroups;
    const members: { name: string; source: string }[] = await membersOf(t, group);
    const bound = await Promise.all(stacks.map(async (stack) => (await required(t, stack)).length > 0));
    return {
      count: summaries.find((one: { name: string }) => one.name === group).numStacks,
      members: Object.fromEntries(members.map((member) => [member.name, member.source])),
      bound,
    };
  }

  function wanted({ rule, stacks }: Model) {
    const stackRule = rule && JSON.stringify(rule);
    const memberOf = membershipOf({ isDefault: false, entityType: "stacks", stackRule });
    const found = stacks.map((stack) => memberOf({ ...stack, project: "web" }, stack.listed)?.by);
    const members = stacks.flatMap(({ name }, index) => (found[index] ? [[name, found[index]]] : []));
    return { count: members.length, members: Object.fromEntries(members), bound: found.map((by) => by !== undefined) };
  }

  test("a group's count, its members and what they must run agree after any changes of stacks, rules and lists", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const group = await newGroup(t);
        await edit(t, group, { addPolicyPack: { name: await newPack(t) } });
        const made = await Promise.all([0, 1, 2].map(() => newStack(t)));
        const model: Model = { rule: null, stacks: made.map((stack) => ({ ...stack, tags: {}, listed: false })) };
        for (const step of sequence) {
          await take(step, group, model);
          expect(await seen(group, model)).toEqual(wanted(model));
          await expectCountsToAgree();
        }
        for (const { path } of model.stacks) await t.send(`DELETE ${path}?force=true`);
        await t.send(`DELETE ${GROUPS}/${group}`);
      }),
      { numRuns: 6 },
    );
    await sumPlaceCounts(t.db);
    const { rows } = await sql`
      select from place_counts group by organization_id, selectors, selected
      having count(*) > 1 or sum(stacks) = 0`.execute(t.db);
    expect(rows).toEqual([]);
  });

  test("what is counted is right after changes at the same time", async () => {
    const stacks = await Promise.all([0, 1, 2, 3].map(() => newStack(t)));
    const groups = await Promise.all([0, 1, 2].map(() => newGroup(t)));
    for (let round = 0; round < 3; round += 1) {
      const listing = groups.flatMap((group, index) =>
        stacks.map(({ name }) =>
          edit(t, group, { [(round + index) % 2 ? "removeStack" : "addStack"]: { name, routingProject: "web" } }),
        ),
      );
      const others = stacks.map((stack) => [
        t.send(`POST ${stack.path}/tags`, { name: "env", value: `${round}` }),
        t.send(`POST ${stack.path}/import`, stateOf(stack.name, round % 3)),
        t.send(`GET ${GROUPS}`),
        sumPlaceCounts(t.db),
      ]);
      await Promise.all([...listing, setRule(groups[0] ?? "", tagIs("env", `${round}`)), ...others.flat()]);
      await expectCountsToAgree();
    }
    for (const group of groups.slice(1)) await t.send(`DELETE ${GROUPS}/${group}`);
    await Promise.all(stacks.slice(1).map(({ path }) => t.send(`DELETE ${path}?force=true`)));
    await expectCountsToAgree();
  });
});
