import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { edit, GROUPS, membersOf, newGroup, newPack, OWN_GROUPS, required } from "../testing/group.ts";
import { and, hasTag, not, or, tagIn, tagIs } from "../testing/match-rule.ts";
import { newStack } from "../testing/stack.ts";
import { membershipOf } from "./membership.ts";

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
  ),
  { minLength: 4, maxLength: 10 },
);
type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never;

let renamed = 0;

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
    } else if (step.listed !== stack.listed) {
      const reference = { name: stack.name, routingProject: "web" };
      await edit(t, group, { [step.listed ? "addStack" : "removeStack"]: reference });
      stack.listed = step.listed;
    }
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

  test("a group's count, its members and what they must run agree after any changes of tags, rules and lists", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const group = await newGroup(t);
        await edit(t, group, { addPolicyPack: { name: await newPack(t) } });
        const made = await Promise.all([0, 1, 2].map(() => newStack(t)));
        const model: Model = { rule: null, stacks: made.map((stack) => ({ ...stack, tags: {}, listed: false })) };
        for (const step of sequence) {
          await take(step, group, model);
          expect(await seen(group, model)).toEqual(wanted(model));
        }
        for (const { path } of model.stacks) await t.send(`DELETE ${path}?force=true`);
        await t.send(`DELETE ${GROUPS}/${group}`);
      }),
      { numRuns: 6 },
    );
  });
});
