import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeOrganization } from "../../actions/create-organization.ts";
import { OPERATOR } from "../../audit/index.ts";
import { transaction } from "../../context.ts";
import { insertToken, insertUser } from "../../people/index.ts";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack, sendText } from "../../testing/stack.ts";

const EMPTY = '{"version":3,"deployment":{"manifest":{"time":"0001-01-01T00:00:00Z","magic":"","version":""}}}';
const BIG = "12345678901234567890.1234567890";
const bigState = (extra = "") =>
  `{"version":3,"deployment":{"resources":[{"urn":"urn:pulumi:dev::web::a:b:C::n","inputs":{"n":${BIG},"s":"\\u003c","1":1e400}}]${extra}}}`;

describe.each(engines)("stacks on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const titles = (stacks: { orgName: string; projectName: string; stackName: string }[]) =>
    stacks.map(({ orgName, projectName, stackName }) => `${orgName}/${projectName}/${stackName}`);

  /** A user of another organization, `other1` and so on, which has the stack web/dev. */
  let others = 0;
  async function otherOrganization() {
    others += 1;
    const name = `other${others}`;
    const userId = (await insertUser(t.db, { login: `${name}-user`, name })) ?? "";
    await transaction({ db: t.db, ...OPERATOR }, (tx) =>
      makeOrganization(tx, { name, admin: { userId, login: `${name}-user` } }),
    );
    await insertToken(t.db, { userId, token: `token-of-${name}`, description: "a test" });
    const as = `token token-of-${name}`;
    await t.send(`POST /api/stacks/${name}/web`, { stackName: "dev" }, { as });
    return { name, as };
  }

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

    test("a name is taken once", async () => {
      const again = () => t.send("POST /api/stacks/acme/web", { stackName: "once" });
      expect((await again()).body).toEqual({});
      const { status, body } = await again();
      expect(status).toBe(409);
      expect(body).toMatchObject({ code: 409, message: "Stack acme/web/once already exists." });
    });

    test("of 10 who make the same stack at once, one does", async () => {
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
    ])("refuses %s, and makes nothing", async (_, project, body, id) => {
      const before = await t.db.selectFrom("stacks").select("id").execute();
      expect(await t.send(`POST /api/stacks/acme/${project}`, body)).toMatchObject({
        status: 400,
        body: { code: 400, id },
      });
      expect(await t.db.selectFrom("stacks").select("id").execute()).toEqual(before);
    });

    test("a null config is none", async () => {
      expect((await t.send("POST /api/stacks/acme/web", { stackName: "null-config", config: null })).status).toBe(200);
    });

    test("the state that a stack begins with is exported, to the digit, yet no update made it", async () => {
      const text = `{"stackName":"begun","state":${bigState()}}`;
      expect((await sendText(t, "POST /api/stacks/acme/web", text)).body).toEqual({});
      const path = "/api/stacks/acme/web/begun";
      const { body } = await t.app.inject({ url: `${path}/export`, headers: { authorization: `token ${t.token}` } });
      expect(body).toBe(bigState());
      expect((await t.send(`GET ${path}`)).body).toMatchObject({ version: 0, activeUpdate: "" });
      expect((await t.send(`GET ${path}/updates`)).body).toEqual({ updates: [] });
    });

    test("tags are replaced as a whole", async () => {
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

  describe("the list", () => {
    test("is filtered by organization, project and tag", async () => {
      await t.send("POST /api/stacks/acme/listed", { stackName: "one", tags: { team: "blue" } });
      await t.send("POST /api/stacks/acme/listed", { stackName: "two", tags: { team: "red" } });
      const list = async (query: string) => titles((await t.send(`GET /api/user/stacks?${query}`)).body.stacks);
      expect(await list("organization=acme&project=listed")).toEqual(["acme/listed/one", "acme/listed/two"]);
      expect(await list("project=listed&tagName=team")).toEqual(["acme/listed/one", "acme/listed/two"]);
      expect(await list("project=listed&tagName=team&tagValue=red")).toEqual(["acme/listed/two"]);
      expect(await list("project=listed&tagName=nothing")).toEqual([]);
      expect(await list("organization=nowhere")).toEqual([]);
    });

    test("shows when a stack was updated and how much it holds", async () => {
      await t.send("POST /api/stacks/acme/counted", { stackName: "dev" });
      await t.send("POST /api/stacks/acme/counted/dev/import", JSON.parse(EMPTY));
      await sendText(t, "POST /api/stacks/acme/counted/dev/import", bigState());
      const { body } = await t.send("GET /api/user/stacks?project=counted");
      const [stack] = body.stacks;
      expect(stack).toMatchObject({ resourceCount: 1, lastUpdate: expect.any(Number) });
      expect(Math.abs(stack.lastUpdate - Date.now() / 1000)).toBeLessThan(3600);
    });

    test("says 0 for a stack that is being updated, and nothing for one that never was", async () => {
      const stack = await newStack(t, {});
      const listed = async () => {
        const { body } = await t.send("GET /api/user/stacks?project=web");
        return body.stacks.find(({ stackName }: { stackName: string }) => stack.path.endsWith(`/${stackName}`));
      };
      expect(await listed()).not.toHaveProperty("lastUpdate");
      const update = await stack.run();
      expect(await listed()).toMatchObject({ lastUpdate: 0 });
      await update.complete();
      expect((await listed()).lastUpdate).toBeGreaterThan(1_700_000_000);
      await (await stack.run("preview", true)).renew();
      expect((await listed()).lastUpdate).toBeGreaterThan(1_700_000_000);
    });

    test("goes on where its token says, for as many pages as it takes", async () => {
      const { name, as } = await otherOrganization();
      const { id } = await t.db
        .selectFrom("organizations")
        .where("name", "=", name)
        .select("id")
        .executeTakeFirstOrThrow();
      const stacks = Array.from({ length: 1100 }, (_, index) => ({
        organization_id: id,
        project: `p${index % 7}`,
        name: `s${index}`,
        tags: "{}",
        data_key: Buffer.alloc(0),
      }));
      await t.db.insertInto("stacks").values(stacks).execute();
      const seen: string[] = [];
      let token = "";
      do {
        const { body } = await t.send(`GET /api/user/stacks?continuationToken=${token}`, undefined, { as });
        seen.push(...titles(body.stacks));
        token = body.continuationToken ?? "";
      } while (token);
      expect(seen).toHaveLength(1101);
      expect(new Set(seen).size).toBe(1101);
    });

    test("refuses a token that it did not give out", async () => {
      const answer = await t.send("GET /api/user/stacks?continuationToken=x");
      expect(answer).toMatchObject({ status: 400, body: { code: 400, id: "invalid_input" } });
    });
  });

  describe("invariant 9: another organization's stack", () => {
    test("is in no list but its own", async () => {
      const { name, as } = await otherOrganization();
      const theirs = await t.send("GET /api/user/stacks", undefined, { as });
      expect(titles(theirs.body.stacks)).toEqual([`${name}/web/dev`]);
      const ours = await t.send(`GET /api/user/stacks?organization=${name}`);
      expect(ours.body.stacks).toEqual([]);
    });

    test.each(["GET", "DELETE"])("%s answers as if it did not exist", async (method) => {
      const { name } = await otherOrganization();
      const there = await t.send(`${method} /api/stacks/${name}/web/dev`);
      const absent = await t.send(`${method} /api/stacks/${name}/web/absent`);
      const nowhere = await t.send(`${method} /api/stacks/nowhere/web/dev`);
      expect(there.status).toBe(404);
      expect(there.body).toEqual(absent.body);
      expect(JSON.stringify(there.body).replaceAll(name, "nowhere")).toBe(JSON.stringify(nowhere.body));
    });

    test("an absent stack of the caller's own organization is named", async () => {
      const { status, body } = await t.send("GET /api/stacks/acme/web/absent");
      expect(status).toBe(404);
      expect(body).toMatchObject({
        code: 404,
        id: "stack_not_found",
        message: "Stack acme/web/absent does not exist.",
      });
    });
  });

  describe("export and import", () => {
    test("a stack without state exports an empty one that the CLI accepts", async () => {
      const stack = await newStack(t);
      expect(await stack.exported()).toBe(EMPTY);
      expect(await stack.exported(0)).toBe(EMPTY);
    });

    test("what was imported is exported to the digit, packed for who can unpack it", async () => {
      const stack = await newStack(t);
      await sendText(t, `POST ${stack.path}/import`, bigState());
      expect(await stack.exported()).toBe(bigState());
      const { headers, rawPayload } = await t.app.inject({
        url: `${stack.path}/export`,
        headers: { authorization: `token ${t.token}`, "accept-encoding": "gzip" },
      });
      expect(headers).toMatchObject({ "content-encoding": "gzip", "content-type": expect.stringContaining("json") });
      expect(gunzipSync(rawPayload).toString()).toBe(bigState());
    });

    test.each<[accepted: string, encoding: string | undefined]>([
      ["gzip", "gzip"],
      ["deflate, gzip;q=0.5", "gzip"],
      ["GZIP", "gzip"],
      ["gzip;q=0", undefined],
      ["gzip;q=0.000", undefined],
      ["br", undefined],
      ["notgzip", undefined],
      ["identity", undefined],
    ])("Accept-Encoding: %s", async (accepted, encoding) => {
      const stack = await newStack(t);
      const headers = { authorization: `token ${t.token}`, "accept-encoding": accepted };
      const answer = await t.app.inject({ url: `${stack.path}/export`, headers });
      expect(answer.headers["content-encoding"]).toBe(encoding);
    });

    test("an import is an update of its own, over at once", async () => {
      const stack = await newStack(t);
      const { body } = await sendText(t, `POST ${stack.path}/import`, bigState());
      expect(body).toEqual({ updateId: expect.any(String) });
      const poll = await t.send(`GET ${stack.path}/update/${body.updateId}?continuationToken=`);
      expect(poll.body).toEqual({ status: "succeeded", events: [] });
      const { updates } = (await t.send(`GET ${stack.path}/updates`)).body;
      expect(updates).toMatchObject([{ kind: "import", result: "succeeded", version: 1, resourceCount: 1 }]);
      expect((await t.send(`GET ${stack.path}`)).body).toMatchObject({ version: 1, activeUpdate: body.updateId });
    });

    test("each version can be exported, and none that is not there yet", async () => {
      const stack = await newStack(t);
      const text = (n: number) => `{"version":3,"deployment":{"n":${n}}}`;
      for (const n of [1, 2, 3]) await sendText(t, `POST ${stack.path}/import`, text(n));
      for (const n of [1, 2, 3]) expect(await stack.exported(n)).toBe(text(n));
      expect(await stack.exported(0)).toBe(EMPTY);
      const { status, body } = await t.send(`GET ${stack.path}/export/4`);
      expect({ status, id: body.id }).toEqual({ status: 404, id: "stack_version_not_found" });
      expect((await t.send(`GET ${stack.path}/export/x`)).status).toBe(400);
    });

    test.each<[name: string, text: string, id: string]>([
      ["no JSON", "{", "invalid_json"],
      ["no version", '{"deployment":{}}', "invalid_input"],
      ["a version of the future", '{"version":5,"deployment":{}}', "invalid_input"],
      ["no deployment", '{"version":3}', "invalid_input"],
      ["a deployment that is no object", '{"version":3,"deployment":[]}', "invalid_input"],
      ["resources that are no list", '{"version":3,"deployment":{"resources":{}}}', "invalid_deployment"],
    ])("refuses %s, and keeps the state", async (_, text, id) => {
      const stack = await newStack(t);
      await sendText(t, `POST ${stack.path}/import`, bigState());
      const answer = await sendText(t, `POST ${stack.path}/import`, text);
      expect(answer).toMatchObject({ status: 400, body: { code: 400, id } });
      expect(await stack.exported()).toBe(bigState());
    });
  });

  describe("rename", () => {
    const rename = (path: string, body: object) => t.send(`POST ${path}/rename`, body);

    test("moves the stack, its tags, its history, and rewrites its state", async () => {
      const { path } = await newStack(t, { tags: { "pulumi:project": "web", team: "blue" } });
      const [, name] = /\/web\/(.*)/.exec(path) ?? [];
      const record = (project: string, stack: string) =>
        `,"secrets_providers":{"type":"service","state":{"project":"${project}","stack":"${stack}"}}`;
      await sendText(t, `POST ${path}/import`, bigState(record("web", name ?? "")));
      expect((await rename(path, { newName: "moved", newProject: "site" })).body).toEqual({});
      expect((await t.send(`GET ${path}`)).status).toBe(404);
      const to = "/api/stacks/acme/site/moved";
      const { body } = await t.send(`GET ${to}`);
      expect(body).toMatchObject({ version: 2, tags: { "pulumi:project": "site", team: "blue" } });
      const text = await t.app.inject({ url: `${to}/export`, headers: { authorization: `token ${t.token}` } });
      expect(text.body).toBe(
        bigState(record("site", "moved")).replaceAll("urn:pulumi:dev::web::", "urn:pulumi:moved::site::"),
      );
      const { updates } = (await t.send(`GET ${to}/updates`)).body;
      expect(updates).toMatchObject([
        { kind: "rename", version: 2, resourceCount: 1 },
        { kind: "import", version: 1 },
      ]);
    });

    test("without state changes the name alone", async () => {
      const { path } = await newStack(t);
      await rename(path, { newName: "stateless", newProject: "" });
      const { body } = await t.send("GET /api/stacks/acme/web/stateless");
      expect(body).toMatchObject({ version: 0, activeUpdate: "", tags: {} });
    });

    test.each([{}, { newName: "", newProject: "" }])("to %j changes nothing", async (body) => {
      const { path } = await newStack(t);
      expect(await rename(path, body)).toMatchObject({ status: 200, body: {} });
      expect((await t.send(`GET ${path}`)).body).toMatchObject({ version: 0 });
    });

    test.each<[what: string, to: (name: string) => object]>([
      ["its name", (name) => ({ newName: name })],
      ["its project", () => ({ newProject: "web" })],
      ["both", (name) => ({ newName: name, newProject: "web" })],
    ])("to %s as it is is refused, and changes nothing", async (_, to) => {
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

    test("to a name that is taken is refused, and changes nothing", async () => {
      await t.send("POST /api/stacks/acme/taken", { stackName: "dev" });
      const stack = await newStack(t);
      await sendText(t, `POST ${stack.path}/import`, bigState());
      const answer = await rename(stack.path, { newName: "dev", newProject: "taken" });
      expect(answer).toMatchObject({
        status: 409,
        body: { code: 409, message: "Stack acme/taken/dev already exists." },
      });
      expect(await stack.exported()).toBe(bigState());
    });

    test("to a name that breaks the rules is refused", async () => {
      const { path } = await newStack(t);
      expect(await rename(path, { newName: "a b" })).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    });
  });

  describe("delete", () => {
    test("takes state and history along", async () => {
      const stack = await newStack(t);
      const update = await stack.run();
      await update.checkpoint({});
      await update.events([{ sequence: 0, timestamp: 1 }]);
      await update.complete();
      expect((await t.send(`DELETE ${stack.path}`)).body).toEqual({});
      expect((await t.send(`GET ${stack.path}`)).status).toBe(404);
      for (const table of ["updates", "checkpoints", "engine_events"] as const) {
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
      ["nothing that is a list", null, 200],
      ["only the stack itself", [root], 200],
      ["only another resource", [pet], 400],
      ["the stack and another resource", [root, pet], 400],
      ["the stack twice", [root, root], 400],
      ["a resource without a type", [{ urn: root.urn }], 400],
      ["a resource that is none", [7], 400],
    ])("of a stack with %s needs force only if something would be left behind", async (_, resources, status) => {
      const { path } = await newStack(t);
      await t.send(`POST ${path}/import`, { version: 3, deployment: { resources } });
      expect((await t.send(`DELETE ${path}`)).status).toBe(status);
    });

    test("with resources left needs force", async () => {
      const { path } = await newStack(t);
      await sendText(t, `POST ${path}/import`, bigState());
      const { status, body } = await t.send(`DELETE ${path}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 400, message: "Bad Request: Stack still contains resources." });
      expect((await t.send(`DELETE ${path}?force=false`)).status).toBe(400);
      expect((await t.send(`DELETE ${path}?force=maybe`)).status).toBe(400);
      expect((await t.send(`DELETE ${path}?force=true`)).body).toEqual({});
    });
  });
});
