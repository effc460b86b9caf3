import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, GROUPS, membersOf, newGroup, newPack, OWN_GROUPS, read, required } from "../../testing/group.ts";
import { newStack } from "../../testing/stack.ts";

describe.each(engines)("selectors on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const select = (group: string, selector: unknown) => t.send(`PUT ${OWN_GROUPS}/${group}/selector`, { selector });

  test("membership follows stacks as they are made, tagged, renamed and removed", async () => {
    const group = await newGroup(t);
    const pack = await newPack(t);
    await edit(t, group, { addPolicyPack: { name: pack } });
    await select(group, { all: [{ tag: "tier", value: "gold" }], except: [{ stack: "sandbox*" }] });
    const stack = await newStack(t, { tags: { tier: "gold" } });
    expect(await required(t, stack)).toMatchObject([{ name: pack }]);
    const name = stack.name;
    expect(await membersOf(t, group)).toMatchObject([{ name, routingProject: "web", source: "rule" }]);
    expect((await read(t, group)).stacks).toEqual([]);
    await t.send(`PATCH ${stack.path}/tags`, { tier: "silver" });
    expect(await required(t, stack)).toEqual([]);
    await t.send(`PATCH ${stack.path}/tags`, { tier: "gold" });
    expect(await required(t, stack)).toMatchObject([{ name: pack }]);
    await t.send(`POST ${stack.path}/rename`, { newName: "sandbox1" });
    const renamed = { ...stack, name: "sandbox1", path: "/api/stacks/acme/web/sandbox1" };
    expect(await required(t, renamed)).toEqual([]);
    await t.send(`DELETE ${renamed.path}`);
    const groups = (await t.send(`GET ${GROUPS}`)).body.policyGroups;
    expect(groups.find((one: { name: string }) => one.name === group).numStacks).toBe(0);
    expect((await select(group, null)).status).toBe(200);
    expect(await read(t, group)).not.toHaveProperty("selector");
  });

  test("a list has nothing to do with what the selector takes in, which can't be removed from the group", async () => {
    const group = await newGroup(t);
    const [mine, other] = [await newStack(t, { tags: { mark: "x" } }), await newStack(t)];
    const [a, b] = [mine, other].map(({ path }) => ({ name: path.split("/").at(-1), routingProject: "web" }));
    await select(group, { any: [{ tag: "mark" }] });
    expect(await edit(t, group, { removeStack: a })).toMatchObject({ status: 400, body: { id: "group_stack_ruled" } });
    expect((await edit(t, group, { stacks: [a, b] })).status).toBe(200);
    expect(await membersOf(t, group)).toMatchObject([{ source: "explicit" }, { source: "explicit" }]);
    const removed = await edit(t, group, { removeStack: a });
    expect(removed).toMatchObject({
      status: 200,
      headers: { "x-pulumi-warning": expect.stringContaining("its rule") },
    });
    expect((await edit(t, group, { stacks: [b] })).status).toBe(200);
    expect((await read(t, group)).stacks).toEqual([b]);
    expect(await membersOf(t, group, "?source=rule")).toMatchObject([a]);
  });

  test.each<[string, unknown, string]>([
    ["asks for nothing", {}, "selector_invalid"],
    ["has a pattern that ends in a backslash", { all: [{ project: "a\\" }] }, "selector_invalid"],
    ["has an unknown condition", { all: [{ color: "red" }] }, "invalid_input"],
    ["asks two things in one condition", { all: [{ project: "a", stack: "b" }] }, "invalid_input"],
    ["has a pattern of 201 characters", { all: [{ project: "a".repeat(201) }] }, "invalid_input"],
    ["has 51 conditions", { any: Array(51).fill({ project: "a" }) }, "invalid_input"],
    ["is no object", "web-*", "invalid_input"],
  ])("a selector that %s is refused", async (_, selector, id) => {
    const group = await newGroup(t);
    expect(await select(group, selector)).toMatchObject({ status: 400, body: { id } });
    expect(await read(t, group)).not.toHaveProperty("selector");
  });

  test("default groups and groups of accounts have no selector", async () => {
    const selector = { all: [{ project: "*" }] };
    expect(await select("default-policy-group", selector)).toMatchObject({
      status: 400,
      body: { id: "group_default" },
    });
    expect((await select(await newGroup(t, { entityType: "accounts" }), selector)).status).toBe(400);
  });

  test("the stacks that a selector matches are sent page by page", async () => {
    const fresh = await startApp(engine);
    const { org } = { org: await fresh.db.selectFrom("organizations").select("id").executeTakeFirstOrThrow() };
    const rows = Array.from({ length: 501 }, (_, index) => ({
      organization_id: org.id,
      project: index % 2 ? "a" : "b",
      name: `s${index}`,
      tags: "{}",
      data_key: Buffer.alloc(1),
    }));
    await fresh.db.insertInto("stacks").values(rows).execute();
    const matches = async (selector: object, query = "", search?: string) =>
      (
        await fresh.send(`POST /api/quillon/orgs/acme/selector/matches${query}`, {
          selector,
          ...(search && { search }),
        })
      ).body;
    const some = await matches({ all: [{ project: "a" }] });
    expect(some).toMatchObject({ stacks: expect.any(Array) });
    expect(some.stacks).toHaveLength(250);
    expect(some).toMatchObject({ matchedCount: 250, totalCount: 501 });
    const found = await matches({ all: [{ project: "a" }] }, "?count=2", "S1");
    expect(found).toMatchObject({ stacks: [{ name: "s1" }, { name: "s101" }], matchedCount: 250 });
    const first = await matches({ all: [{ stack: "s*" }] });
    const second = await matches({ all: [{ stack: "s*" }] }, `?continuationToken=${first.continuationToken}`);
    expect([first.stacks.length, second.stacks.length]).toEqual([500, 1]);
    expect(second).not.toHaveProperty("continuationToken");
    expect(second).not.toHaveProperty("matchedCount");
    expect((await matches({ all: [{ stack: "s*" }] }, "?continuationToken=x")).id).toBe("invalid_input");
    await fresh.close();
  });
});
