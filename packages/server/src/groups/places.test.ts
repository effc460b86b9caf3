import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OrgCtx } from "../context.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { edit, newGroup, OWN_GROUPS } from "../testing/group.ts";
import { newStack } from "../testing/stack.ts";
import { listUnplaced, setPlaces } from "./place-queries.ts";
import { readPlaces } from "./places.ts";

describe.each(engines)("how many stacks a group takes in on $name", (engine) => {
  let t: TestApp;
  let ctx: OrgCtx;
  let group: string;
  beforeAll(async () => {
    t = await startApp(engine);
    const { rows } = await sql<{ id: string }>`select id from organizations where name = 'acme'`.execute(t.db);
    ctx = { db: t.db, org: { id: rows[0]?.id ?? "", name: "acme", role: "admin" } } as OrgCtx;
    group = await newGroup(t);
  });
  afterAll(() => t.close());

  async function countIn(name: string): Promise<number> {
    const { rows } = await sql<{ id: string }>`select id from policy_groups where name = ${name}`.execute(t.db);
    const places = await readPlaces(ctx);
    return places.reduce((sum, { groups, stacks }) => sum + (groups.has(rows[0]?.id ?? "") ? stacks : 0), 0);
  }

  async function select(condition: object) {
    const answer = await t.send(`PUT ${OWN_GROUPS}/${group}/selector`, { selector: { all: [condition] } });
    expect(answer.status).toBe(200);
  }
  const tag = (path: string, value: string) => t.send(`POST ${path}/tags`, { name: "env", value });

  test("follows stacks, their tags, lists and selectors", async () => {
    const [one, two] = [await newStack(t), await newStack(t)];
    expect(await countIn(group)).toBe(0);
    await select({ tag: "env", value: "prod" });
    expect(await countIn(group)).toBe(0);
    await tag(one.path, "prod");
    expect(await countIn(group)).toBe(1);
    await tag(two.path, "prod-2");
    expect(await countIn(group)).toBe(1);
    await select({ tag: "env", value: "prod*" });
    expect(await countIn(group)).toBe(2);
    const listed = { name: two.name, routingProject: "web" };
    await edit(t, group, { addStack: listed });
    expect(await countIn(group)).toBe(2);
    await tag(two.path, "dev");
    expect(await countIn(group)).toBe(2);
    await edit(t, group, { removeStack: listed });
    expect(await countIn(group)).toBe(1);
    await select({ stack: "renamed" });
    await t.send(`POST ${one.path}/rename`, { newName: "renamed" });
    expect([await countIn(group), await countIn("default-policy-group")]).toEqual([1, 2]);
    await t.send("DELETE /api/stacks/acme/web/renamed?force=true");
    expect([await countIn(group), await countIn("default-policy-group")]).toEqual([0, 1]);
    await edit(t, "default-policy-group", { removeStack: listed });
    expect(await countIn("default-policy-group")).toBe(0);
  });

  test("is right when a stack changes while a selector looks at it", async () => {
    const { path } = await newStack(t);
    await select({ tag: "env", value: "late" });
    const digest = Buffer.alloc(32);
    const [stack] = await listUnplaced(t.db, {
      organizationId: ctx.org.id,
      digest,
      changed: false,
      after: undefined,
      limit: 1000,
    }).then((stacks) => stacks.filter(({ name }) => path.endsWith(name)));
    await tag(path, "late");
    await setPlaces(t.db, digest, [{ id: stack?.id ?? "", changes: stack?.changes ?? 0, selected: "0" }]);
    const { rows } = await sql`select from stack_places where selectors = ${digest}`.execute(t.db);
    expect(rows).toHaveLength(0);
    expect(await countIn(group)).toBe(1);
  });

  test("is told although stacks go on changing", async () => {
    const stacks = [await newStack(t), await newStack(t)];
    await select({ tag: "env", value: "on" });
    await edit(t, group, { addStack: { name: stacks[1]?.name ?? "", routingProject: "web" } });
    let over = false;
    // As many as there are connections wait all the time, so one comes between any two statements of others.
    const change = async (path: string) => {
      for (let n = 0; !over; n += 1) await tag(path, `${n % 2 === 0 ? "on" : "on, too"}`);
    };
    const changing = stacks.flatMap(({ path }) => [change(path), change(path), change(path)]);
    for (let n = 0; n < 5; n += 1) expect([1, 2]).toContain(await countIn(group));
    over = true;
    await Promise.all(changing);
  });

  test("comes with the resources of their newest states", async () => {
    const stack = await newStack(t);
    const resources = ["a", "b"].map((name) => ({ urn: `urn:pulumi:s::web::t::${name}`, type: "t", custom: true }));
    const deployment = (count: number) => ({
      version: 3,
      deployment: { manifest: { time: "2024-01-01T00:00:00Z" }, resources: resources.slice(0, count) },
    });
    const total = async () => (await readPlaces(ctx)).reduce((sum, place) => sum + place.resources, 0);
    for (const count of [2, 1]) {
      expect((await t.send(`POST ${stack.path}/import`, deployment(count))).status).toBe(200);
      expect(await total()).toBe(count);
    }
    const update = await stack.run();
    expect((await update.checkpoint(deployment(2).deployment)).status).toBe(200);
    expect(await total()).toBe(2);
  });

  test("names the stacks of each place, but for one that has all others", async () => {
    const tagged = await newStack(t);
    const listed = await newStack(t);
    for (let n = 0; n < 3; n += 1) await newStack(t);
    const other = await newGroup(t);
    await t.send(`PUT ${OWN_GROUPS}/${other}/selector`, { selector: { all: [{ tag: "env", value: "few" }] } });
    await tag(tagged.path, "few");
    await edit(t, other, { addStack: { name: listed.name, routingProject: "web" } });
    const { rows } = await sql<{ id: string; name: string }>`select id, name from stacks`.execute(t.db);
    const named = new Map<string, string | undefined>(rows.map(({ id, name }) => [id, name]));
    const places = await readPlaces(ctx, { ids: true });
    const others = places.filter((place) => place.others);
    expect(others).toMatchObject([{ ids: [], stacks: rows.length - places.flatMap(({ ids }) => ids).length }]);
    const { rows: groups } = await sql<{ id: string }>`select id from policy_groups where name = ${other}`.execute(
      t.db,
    );
    const members = places.filter((place) => place.groups.has(groups[0]?.id ?? ""));
    expect(members.flatMap(({ ids }) => ids.map((id) => named.get(id))).sort()).toEqual(
      [tagged.name, listed.name].sort(),
    );
  });
});
