import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack, readRaw, sendText, stateText } from "../../testing/stack.ts";

describe.each(engines)("renaming stacks on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const rename = (path: string, body: object) => t.send(`POST ${path}/rename`, body);

  test("a rename moves the stack, its tags and its history, and rewrites its state", async () => {
    const { path } = await newStack(t, { tags: { "pulumi:project": "web", team: "blue" } });
    const [, name] = /\/web\/(.*)/.exec(path) ?? [];
    const record = (project: string, stack: string) =>
      `,"secrets_providers":{"type":"service","state":{"project":"${project}","stack":"${stack}"}}`;
    await sendText(t, `POST ${path}/import`, stateText(record("web", name ?? "")));
    expect((await rename(path, { newName: "moved", newProject: "site" })).body).toEqual({
      updateId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect((await t.send(`GET ${path}`)).status).toBe(404);
    const to = "/api/stacks/acme/site/moved";
    const { body } = await t.send(`GET ${to}`);
    expect(body).toMatchObject({ version: 2, tags: { "pulumi:project": "site", team: "blue" } });
    expect(await readRaw(t, `${to}/export`)).toBe(
      stateText(record("site", "moved")).replaceAll("urn:pulumi:dev::web::", "urn:pulumi:moved::site::"),
    );
    const { updates } = (await t.send(`GET ${to}/updates`)).body;
    expect(updates).toMatchObject([
      { kind: "rename", version: 2, resourceCount: 1 },
      { kind: "import", version: 1 },
    ]);
  });

  test("a rename of a stack without state changes only the name", async () => {
    const { path } = await newStack(t);
    await rename(path, { newName: "stateless", newProject: "" });
    const { body } = await t.send("GET /api/stacks/acme/web/stateless");
    expect(body).toMatchObject({ version: 0, activeUpdate: "", tags: {} });
  });

  test.each([{}, { newName: "", newProject: "" }])("a rename to %j changes nothing", async (body) => {
    const { path } = await newStack(t);
    expect(await rename(path, body)).toMatchObject({ status: 200, body: {} });
    expect((await t.send(`GET ${path}`)).body).toMatchObject({ version: 0 });
  });

  test.each<[what: string, to: (name: string) => object]>([
    ["its name", (name) => ({ newName: name })],
    ["its project", () => ({ newProject: "web" })],
    ["both", (name) => ({ newName: name, newProject: "web" })],
  ])("a rename to %s as it is already is refused, and changes nothing", async (_, to) => {
    const { path } = await newStack(t);
    const name = path.split("/").at(-1) ?? "";
    expect(await rename(path, to(name))).toMatchObject({
      status: 400,
      body: {
        id: "stack_name_unchanged",
        message: `Stack acme/web/${name} already has this name. Choose another one.`,
      },
    });
    expect((await t.send(`GET ${path}`)).body).toMatchObject({ version: 0 });
  });

  test("an update that was made under another name can't be started", async () => {
    const { path } = await newStack(t);
    const [, name] = /\/web\/(.*)/.exec(path) ?? [];
    const moved = `/api/stacks/acme/unguarded/${name}`;
    await rename(path, { newProject: "unguarded" });
    const { updateID } = (await t.send(`POST ${moved}/update`, {})).body;
    await rename(moved, { newProject: "web" });
    expect(await t.send(`POST ${path}/update/${updateID}`, {})).toMatchObject({
      status: 404,
      body: { id: "update_not_found" },
    });
  });

  test("a preview that runs meanwhile is told that its stack is not called so any more", async () => {
    const { path, name, ...stack } = await newStack(t);
    const preview = await stack.run("update", true);
    await rename(path, { newName: `${name}-renamed` });
    const refused = { status: 404, body: { code: 404, id: "update_renamed" } };
    for (const answer of [await preview.events([]), await preview.renew(), await preview.complete()])
      expect(answer).toMatchObject(refused);
    const other = { ...preview, as: "update-token qln_x" };
    expect((await t.send(`POST ${path}/update/${preview.id}/renew_lease`, {}, other)).status).toBe(401);
  });

  test("a rename to a name that is taken is refused, and changes nothing", async () => {
    await t.send("POST /api/stacks/acme/taken", { stackName: "dev" });
    const stack = await newStack(t);
    await sendText(t, `POST ${stack.path}/import`, stateText());
    const answer = await rename(stack.path, { newName: "dev", newProject: "taken" });
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 409, message: "Stack acme/taken/dev already exists." },
    });
    expect(await stack.exported()).toBe(stateText());
  });

  test("a rename to a name that breaks the rules is refused", async () => {
    const { path } = await newStack(t);
    expect(await rename(path, { newName: "a b" })).toMatchObject({ status: 400, body: { id: "invalid_input" } });
  });
});
