import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack } from "../../testing/stack.ts";

describe.each(engines)("single tags on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const tagsOf = async (path: string) => (await t.send(`GET ${path}/tags`)).body;

  test("single tags are listed, set, changed and removed, and the others stay", async () => {
    const { path } = await newStack(t, { tags: { a: "1", "pulumi:project": "web" } });
    expect(await tagsOf(path)).toEqual({ a: "1", "pulumi:project": "web" });
    expect((await t.send(`POST ${path}/tags`, { name: "vcs:owner", value: "" })).status).toBe(204);
    expect((await t.send(`POST ${path}/tags`, { name: "a", value: 'x"\\😀' })).status).toBe(204);
    expect(await tagsOf(path)).toEqual({ a: 'x"\\😀', "pulumi:project": "web", "vcs:owner": "" });
    expect((await t.send(`DELETE ${path}/tags/vcs:owner`)).status).toBe(204);
    expect((await t.send(`DELETE ${path}/tags/pulumi%3Aproject`)).status).toBe(204);
    expect(await tagsOf(path)).toEqual({ a: 'x"\\😀' });
    expect((await t.send(`GET ${path}`)).body.tags).toEqual(await tagsOf(path));
  });

  test("a tag that a stack does not have is not found", async () => {
    const { path } = await newStack(t);
    expect(await t.send(`DELETE ${path}/tags/none`)).toMatchObject({
      status: 404,
      body: { id: "stack_tag_not_found", message: `Stack ${path.replace("/api/stacks/", "")} has no tag none.` },
    });
  });

  test.each<[what: string, body: unknown]>([
    ["a name with a space", { name: "a b", value: "" }],
    ["a name that is too long", { name: "a".repeat(41), value: "" }],
    ["a value that is too long", { name: "a", value: "x".repeat(257) }],
    ["a value that can't be stored", { name: "a", value: "\0" }],
    ["no value", { name: "a" }],
    ["a map of tags", { a: "b" }],
  ])("a tag with %s is refused", async (_, body) => {
    const { path } = await newStack(t, { tags: { kept: "1" } });
    expect(await t.send(`POST ${path}/tags`, body)).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    expect(await tagsOf(path)).toEqual({ kept: "1" });
  });

  test("a stack has at most 200 tags, however they are sent", async () => {
    const all = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, ""]));
    const { path, name } = await newStack(t, { tags: all(200) });
    const made = await t.send("POST /api/stacks/acme/web", { stackName: `${name}b`, tags: all(201) });
    expect(made).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    expect(await t.send(`PATCH ${path}/tags`, all(201))).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    const many = { status: 400, body: { id: "stack_tags_many" } };
    expect(await t.send(`POST ${path}/tags`, { name: "another", value: "" })).toMatchObject(many);
    expect((await t.send(`POST ${path}/tags`, { name: "tag7", value: "new" })).status).toBe(204);
    const config = { "pulumi:tags": { string: JSON.stringify(all(201)), object: true } };
    expect(await t.send(`POST ${path}/update`, { config })).toMatchObject(many);
    const { body } = await t.send(`POST ${path}/update`, {});
    const start = await t.send(`POST ${path}/update/${body.updateID}`, { tags: all(201) });
    expect(start).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    expect(await tagsOf(path)).toEqual({ ...all(200), tag7: "new" });
  });

  test("tags that are set at the same time are all stored", async () => {
    const { path } = await newStack(t);
    const names = Array.from({ length: 10 }, (_, index) => `tag${index}`);
    await Promise.all(names.map((name) => t.send(`POST ${path}/tags`, { name, value: name })));
    expect(Object.keys(await tagsOf(path)).sort()).toEqual(names);
  });
});
