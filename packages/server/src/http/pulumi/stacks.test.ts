import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack, readRaw, sendText, stateText } from "../../testing/stack.ts";

describe.each(engines)("stacks on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  describe("make and look at", () => {
    test("a new stack has its tags, no state and no history", async () => {
      const tags = { "pulumi:project": "web", owner: "me" };
      const { path } = await newStack(t, { tags });
      const { status, body } = await t.send(`GET ${path}`);
      expect(status).toBe(200);
      expect(body).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        orgName: "acme",
        projectName: "web",
        stackName: path.split("/").at(-1),
        activeUpdate: "",
        tags,
        version: 0,
      });
      expect((await t.send(`GET ${path}/updates`)).body).toEqual({ updates: [] });
      expect(await t.send(`GET ${path}/updates/latest`)).toMatchObject({ status: 404, body: { id: "update_none" } });
    });

    test("a second stack of one name is refused", async () => {
      const again = () => t.send("POST /api/stacks/acme/web", { stackName: "once" });
      expect((await again()).body).toEqual({});
      const { status, body } = await again();
      expect(status).toBe(409);
      expect(body).toMatchObject({ code: 409, message: "Stack acme/web/once already exists." });
    });

    test("when 10 clients make the same stack at once, one succeeds", async () => {
      const made = Array.from({ length: 10 }, () => t.send("POST /api/stacks/acme/web", { stackName: "raced" }));
      const statuses = (await Promise.all(made)).map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array(9).fill(409)]);
    });

    test("a project exists while it has a stack", async () => {
      await t.send("POST /api/stacks/acme/fleeting", { stackName: "dev" });
      expect((await t.send("HEAD /api/stacks/acme/fleeting")).status).toBe(200);
      await t.send("DELETE /api/stacks/acme/fleeting/dev");
      expect((await t.send("HEAD /api/stacks/acme/fleeting")).status).toBe(404);
      expect((await t.send("HEAD /api/stacks/nowhere/fleeting")).status).toBe(404);
    });

    test.each<[name: string, project: string, body: unknown, id: string]>([
      ["a name that breaks the rules", "web", { stackName: "a b" }, "invalid_input"],
      ["no name", "web", {}, "invalid_input"],
      ["a project that breaks the rules", "w%20b", { stackName: "dev" }, "invalid_input"],
      ["a tag whose name breaks the rules", "web", { stackName: "tagged", tags: { "a b": "" } }, "invalid_input"],
      ["a tag that is too long", "web", { stackName: "tagged", tags: { a: "x".repeat(257) } }, "invalid_input"],
      [
        "configuration in an ESC environment",
        "web",
        { stackName: "esc", config: { environment: "e" } },
        "stack_environment_unsupported",
      ],
      [
        "an ESC environment to make for its configuration",
        "web",
        { stackName: "esc", createManagedEnvironment: true },
        "stack_environment_unsupported",
      ],
      ["a state without deployment", "web", { stackName: "bad", state: { version: 3 } }, "invalid_input"],
      [
        "a state whose resources are no list",
        "web",
        { stackName: "bad", state: { version: 3, deployment: { resources: 1 } } },
        "invalid_deployment",
      ],
    ])("a stack with %s is refused, and nothing is made", async (_, project, body, id) => {
      const before = await t.db.selectFrom("stacks").select("id").execute();
      expect(await t.send(`POST /api/stacks/acme/${project}`, body)).toMatchObject({
        status: 400,
        body: { code: 400, id },
      });
      expect(await t.db.selectFrom("stacks").select("id").execute()).toEqual(before);
    });

    test("a config that is null counts as absent", async () => {
      expect((await t.send("POST /api/stacks/acme/web", { stackName: "null-config", config: null })).status).toBe(200);
    });

    test("the state that a stack is made with is exported to the digit, and is not in the history", async () => {
      const text = `{"stackName":"begun","state":${stateText()}}`;
      expect((await sendText(t, "POST /api/stacks/acme/web", text)).body).toEqual({});
      const path = "/api/stacks/acme/web/begun";
      expect(await readRaw(t, `${path}/export`)).toBe(stateText());
      expect((await t.send(`GET ${path}`)).body).toMatchObject({ version: 0, activeUpdate: "" });
      expect((await t.send(`GET ${path}/updates`)).body).toEqual({ updates: [] });
    });

    test("a PATCH of tags replaces all of them", async () => {
      const { path } = await newStack(t, { tags: { a: "1", b: "2" } });
      expect((await t.send(`PATCH ${path}/tags`, { b: "3" })).body).toEqual({});
      expect((await t.send(`GET ${path}`)).body.tags).toEqual({ b: "3" });
      expect(await t.send(`PATCH ${path}/tags`, { b: 3 })).toMatchObject({
        status: 400,
        body: { id: "invalid_input" },
      });
      expect(await t.send(`PATCH ${path}/tags`, { b: "\0" })).toMatchObject({ status: 400, body: { code: 400 } });
    });
  });

  describe("delete", () => {
    test("deleting a stack deletes its state and history", async () => {
      const stack = await newStack(t);
      const update = await stack.run();
      await update.checkpoint({});
      await update.complete();
      expect((await t.send(`DELETE ${stack.path}`)).body).toEqual({});
      expect((await t.send(`GET ${stack.path}`)).status).toBe(404);
      for (const table of ["updates", "checkpoints"] as const) {
        const column = table === "updates" ? "id" : "update_id";
        const rows = await t.db
          .selectFrom(table)
          .where(column as never, "=", update.id as never)
          .selectAll()
          .execute();
        expect(rows).toEqual([]);
      }
    });

    const root = { urn: "urn:pulumi:dev::web::pulumi:pulumi:Stack::web-dev", type: "pulumi:pulumi:Stack" };
    const pet = { urn: "urn:pulumi:dev::web::random:Pet::rex", type: "random:Pet" };
    test.each<[state: string, resources: unknown, status: number]>([
      ["no resource", [], 200],
      ["null in place of its resources", null, 200],
      ["only the stack itself", [root], 200],
      ["only another resource", [pet], 400],
      ["the stack and another resource", [root, pet], 400],
      ["the stack twice", [root, root], 400],
      ["a resource without a type", [{ urn: root.urn }], 400],
      ["a resource that is not an object", [7], 400],
    ])("deleting a stack with %s needs force only if something would be left behind", async (_, resources, status) => {
      const { path } = await newStack(t);
      await t.send(`POST ${path}/import`, { version: 3, deployment: { resources } });
      expect((await t.send(`DELETE ${path}`)).status).toBe(status);
    });

    test("deleting a stack that has resources needs force", async () => {
      const { path } = await newStack(t);
      await sendText(t, `POST ${path}/import`, stateText());
      const { status, body } = await t.send(`DELETE ${path}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 400, message: "Bad Request: Stack still contains resources." });
      expect((await t.send(`DELETE ${path}?force=false`)).status).toBe(400);
      expect((await t.send(`DELETE ${path}?force=maybe`)).status).toBe(400);
      expect((await t.send(`DELETE ${path}?force=true`)).body).toEqual({});
    });
  });
});
