import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack, sendText, type TestStack, type TestUpdate } from "../../testing/stack.ts";

const ABSENT = "00000000-0000-4000-8000-000000000000";
const KINDS = ["update", "preview", "refresh", "destroy"];

describe.each(engines)("updates on $name", (engine) => {
  let t: TestApp;
  let stack: TestStack;
  beforeAll(async () => {
    t = await startApp(engine);
    stack = await newStack(t);
  });
  afterAll(() => t.close());

  const get = async (path: string) => (await t.send(`GET ${path}`)).body;

  describe("create", () => {
    test.each(KINDS)("%s answers an id and what must be run", async (kind) => {
      const { status, body } = await t.send(`POST ${stack.path}/${kind}`, { options: { dryRun: kind === "preview" } });
      expect(status).toBe(200);
      expect(body).toEqual({ updateID: expect.stringMatching(/^[0-9a-f-]{36}$/), requiredPolicies: [] });
      expect(await get(`${stack.path}/update/${body.updateID}`)).toMatchObject({ status: "not started" });
    });

    test("what was sent about the update is in the history as it was sent", async () => {
      const { path } = await newStack(t);
      const config = { "web:port": { string: "8080" }, "web:key": { string: "AAAB", secret: true, object: false } };
      const metadata = { message: "Ship it 😀", environment: { "git.head": "abc", "odd\u0000key": "\ud800" } };
      const { body } = await t.send(`POST ${path}/update`, { name: "web", config, metadata });
      await t.send(`POST ${path}/update/${body.updateID}`, {});
      const { updates } = await get(`${path}/updates`);
      expect(updates).toMatchObject([
        { kind: "update", config, message: "Ship it 😀", environment: metadata.environment },
      ]);
    });

    test("after imports and renames the last deployment is the latest update, and without one there is none", async () => {
      const { path } = await newStack(t);
      const state = { version: 3, deployment: {} };
      const none = { status: 404, body: { id: "update_none" } };
      await t.send(`POST ${path}/import`, state);
      expect(await t.send(`GET ${path}/updates/latest`)).toMatchObject(none);
      const config = { "web:port": { string: "8080" } };
      const { body } = await t.send(`POST ${path}/update`, { config, metadata: { environment: { a: "b" } } });
      expect(await t.send(`GET ${path}/updates/latest`)).toMatchObject(none);
      const { body: started } = await t.send(`POST ${path}/update/${body.updateID}`, {});
      await t.send(
        `POST ${path}/update/${body.updateID}/complete`,
        { status: "failed" },
        { as: `update-token ${started.token}` },
      );
      await t.send(`POST ${path}/import`, state);
      const newName = `${path.split("/").at(-1)}-renamed`;
      await t.send(`POST ${path}/rename`, { newName });
      const renamed = `/api/stacks/acme/web/${newName}`;
      expect((await get(`${renamed}/updates`)).updates.map(({ kind }: { kind: string }) => kind)).toEqual([
        "rename",
        "import",
        "update",
        "import",
      ]);
      const { info } = await get(`${renamed}/updates/latest`);
      expect(info).toMatchObject({ kind: "update", version: 2, config, environment: { a: "b" }, result: "failed" });
    });

    test.each<[name: string, body: unknown]>([
      ["options that are no object", { options: "none" }],
      ["a dryRun that is no boolean", { options: { dryRun: "yes" } }],
      ["configuration without values", { config: { "web:port": 8080 } }],
      ["an environment of numbers", { metadata: { environment: { a: 1 } } }],
      ["a body that is a list", []],
    ])("refuses %s", async (_, body) => {
      const answer = await t.send(`POST ${stack.path}/update`, body);
      expect(answer).toMatchObject({ status: 400, body: { code: 400, id: "invalid_input" } });
    });
  });

  describe("start", () => {
    test("a real update takes the next version and the stack", async () => {
      const { path, create, start } = await newStack(t);
      const id = await create();
      const { body } = await start(id, { team: "blue" });
      expect(body).toEqual({ version: 1, token: expect.stringMatching(/./), tokenExpiration: expect.any(Number) });
      expect(Math.abs(body.tokenExpiration - Date.now() / 1000 - 300)).toBeLessThan(60);
      expect(await get(path)).toMatchObject({
        version: 1,
        activeUpdate: id,
        tags: { team: "blue" },
        currentOperation: { kind: "update", author: "admin", started: expect.any(Number) },
      });
      expect(await get(`${path}/update/${id}`)).toEqual({ status: "running", events: [], continuationToken: "0" });
      const { updates } = await get(`${path}/updates`);
      expect(updates).toMatchObject([{ result: "in-progress", version: 1, endTime: expect.any(Number) }]);
    });

    test("absent tags leave the stack's, empty ones remove them", async () => {
      const { path, create, start, update } = await newStack(t, { tags: { a: "b" } });
      const id = await create();
      await update({ id, ...(await start(id)).body }).complete();
      expect((await get(path)).tags).toEqual({ a: "b" });
      await start(await create(), {});
      expect((await get(path)).tags).toEqual({});
    });

    test("twice is refused", async () => {
      const { create, start } = await newStack(t);
      const id = await create();
      await start(id);
      expect(await start(id)).toMatchObject({ status: 409, body: { code: 409, id: "update_started" } });
    });

    test("on a busy stack is refused, naming who runs what", async () => {
      const { create, start, run, path } = await newStack(t);
      const destroy = await run("destroy");
      const answer = await start(await create());
      expect(answer).toMatchObject({ status: 409, body: { code: 409, id: "stack_busy" } });
      expect(answer.body.message).toMatch(/ admin started destroy on stack acme\/web\/dev\d+ at 20\d\d-/);
      expect(await get(path)).toMatchObject({ version: 1, activeUpdate: destroy.id });
    });

    test("of an update of another stack, or of none, is refused", async () => {
      const other = await newStack(t);
      for (const id of [await other.create(), ABSENT]) {
        expect(await stack.start(id)).toMatchObject({ status: 404, body: { code: 404, id: "update_not_found" } });
      }
      expect((await stack.start("not-a-uuid")).status).toBe(400);
    });
  });

  describe("a dry run", () => {
    test.each(KINDS)("of kind %s holds nothing and leaves no trace", async (kind) => {
      const { path, run, exported } = await newStack(t);
      const real = await run();
      await real.checkpoint({ resources: [] });
      const before = await get(path);
      const dry = await run(kind, true);
      expect(dry).toMatchObject({ version: 1, token: expect.stringMatching(/./) });
      expect(await dry.renew()).toMatchObject({ status: 200, body: { token: dry.token } });
      expect((await dry.events([{ sequence: 0, timestamp: 1 }])).body).toEqual({});
      const state = await exported();
      expect(await dry.checkpoint({ resources: [{}] })).toMatchObject({
        status: 400,
        body: { code: 400, id: "preview_has_no_state" },
      });
      expect((await dry.complete()).body).toEqual({});
      expect(await exported()).toBe(state);
      expect(await get(path)).toEqual(before);
      expect((await get(`${path}/updates`)).updates).toHaveLength(1);
      expect((await real.checkpoint({})).status).toBe(200);
    });

    test("whose lease has run out can do nothing more", async () => {
      const dry = await stack.run("preview", true);
      await dry.expire();
      for (const answer of [await dry.renew(), await dry.events([]), await dry.complete()]) {
        expect(answer).toMatchObject({ status: 403, body: { code: 403, id: "lease_invalid" } });
      }
    });

    test("can be cancelled", async () => {
      const dry = await stack.run("preview", true);
      expect((await dry.cancel()).body).toEqual({});
      expect((await dry.renew()).status).toBe(403);
    });

    test("a real update of kind preview is a real update", async () => {
      const { path, run } = await newStack(t);
      const real = await run("preview", false);
      expect((await real.checkpoint({})).status).toBe(200);
      expect(await get(path)).toMatchObject({ version: 1, activeUpdate: real.id });
    });
  });

  describe("the lease", () => {
    let update: TestUpdate;
    let path: string;
    beforeAll(async () => {
      const own = await newStack(t);
      update = await own.run();
      path = `${own.path}/update/${update.id}`;
    });

    test.each<[name: string, verb: string, body: unknown]>([
      ["renew_lease", "POST renew_lease", { duration: 300 }],
      ["checkpoint", "PATCH checkpoint", { version: 3, deployment: {} }],
      ["events", "POST events/batch", { events: [] }],
      ["complete", "POST complete", { status: "succeeded" }],
    ])("%s takes nothing but the update's own token on its own path", async (_, verb, body) => {
      const [method, route] = verb.split(" ");
      const elsewhere = await stack.run("preview", true);
      const wrong = ["", "update-token", "update-token x", `token ${update.token}`, `token ${t.token}`, elsewhere.as];
      for (const as of wrong) {
        const answer = await t.send(`${method} ${path}/${route}`, body, { as });
        expect({ as, ...answer }).toMatchObject({ status: 401, body: { code: 401, id: "unauthorized" } });
      }
      const misplaced = [
        `${stack.path}/update/${update.id}`,
        `${path.slice(0, -36)}${ABSENT}`,
        `${path.slice(0, -36)}x`,
      ];
      for (const other of [...misplaced, path.replace("/acme/", "/nowhere/")]) {
        expect((await t.send(`${method} ${other}/${route}`, body, { as: update.as })).status).toBe(401);
      }
    });

    test("an update's token opens nothing but its own routes", async () => {
      for (const request of [`GET ${stack.path}`, "GET /api/user", `POST ${path}/cancel`]) {
        expect((await t.send(request, undefined, { as: update.as })).status).toBe(401);
      }
    });

    test("renewing keeps the token, gives at most 300 s and never takes time away", async () => {
      const first = await update.renew(100_000);
      expect(first).toMatchObject({ status: 200, body: { token: update.token } });
      expect(Math.abs(first.body.tokenExpiration - Date.now() / 1000 - 300)).toBeLessThan(60);
      const second = await update.renew(1);
      expect(second.body.tokenExpiration).toBeGreaterThanOrEqual(first.body.tokenExpiration);
    });

    test.each([0, -1, 1.5, "300", null])("a duration of %j is refused", async (duration) => {
      expect((await update.renew(duration as number)).body).toMatchObject({ code: 400, id: "invalid_input" });
    });
  });

  describe("checkpoints", () => {
    let update: TestUpdate;
    let own: TestStack;
    let path: string;
    beforeAll(async () => {
      own = await newStack(t);
      update = await own.run();
      path = `${own.path}/update/${update.id}`;
    });
    const patch = (text: string | Buffer, packed?: Buffer) =>
      sendText(t, `PATCH ${path}/checkpoint`, text, { as: update.as, ...(packed && { packed }) });

    test("are kept to the digit and the byte, and are the current state at once", async () => {
      const deployment = String.raw`{"resources":[{"urn":"u","inputs":{"n":12345678901234567890.10,"b":1,"a":"\u003c😀"}}],"2":[],"1":1e400}`;
      const text = `{"isInvalid":false,"version":4,"features":["views"],"deployment": ${deployment} }`;
      expect((await patch(text)).body).toEqual({});
      const stored = `{"version":4,"features":["views"],"deployment":${deployment}}`;
      expect(await own.exported()).toBe(stored);
      expect(await own.exported(1)).toBe(stored);
    });

    test.each<[name: string, text: string, status: number, id: string]>([
      ["no JSON", "{", 400, "invalid_json"],
      ["nothing", "", 400, "invalid_input"],
      ["no version", '{"deployment":{}}', 400, "invalid_input"],
      ["version 0", '{"version":0,"deployment":{}}', 400, "invalid_input"],
      ["a deployment that is no object", '{"version":3,"deployment":"{}"}', 400, "invalid_input"],
      ["features that are no list", '{"version":4,"features":"views","deployment":{}}', 400, "invalid_input"],
      ["no deployment, as old clients do", '{"isInvalid":true,"version":3}', 400, "invalid_deployment"],
      ["resources that are no list", '{"version":3,"deployment":{"resources":"x"}}', 400, "invalid_deployment"],
    ])("with %s are refused, and the state stays", async (_, text, status, id) => {
      await patch('{"version":3,"deployment":{"good":1}}');
      expect(await patch(text)).toMatchObject({ status, body: { code: status, id } });
      expect(await own.exported()).toBe('{"version":3,"deployment":{"good":1}}');
    });

    test("whose gzip is none, or breaks off, are refused", async () => {
      const whole = gzipSync('{"version":3,"deployment":{}}');
      for (const packed of [Buffer.from('{"version":3}'), whole.subarray(0, whole.length - 9)]) {
        expect(await patch("", packed)).toMatchObject({ status: 400, body: { code: 400, id: "invalid_gzip" } });
      }
    });
  });

  describe("events", () => {
    const event = (sequence: number, extra: object = {}) => ({
      sequence,
      timestamp: 1,
      stdoutEvent: { sequence },
      ...extra,
    });

    test("may come in any order and more than once; each is kept as it first came", async () => {
      const { path, run } = await newStack(t);
      const update = await run();
      const url = `${path}/update/${update.id}/events`;
      expect((await update.events([event(2), event(0)])).body).toEqual({});
      expect(await get(url)).toEqual({ events: [event(0)], continuationToken: "1" });
      expect((await update.events([event(1), event(0, { changed: true })])).body).toEqual({});
      expect((await update.events([])).body).toEqual({});
      expect(await get(url)).toEqual({ events: [event(0), event(1), event(2)], continuationToken: "3" });
      expect(await get(`${url}?continuationToken=3`)).toEqual({ events: [], continuationToken: "3" });
      await update.complete();
      expect(await get(`${url}?continuationToken=2`)).toEqual({ events: [event(2)], continuationToken: null });
    });

    test("come back page by page", async () => {
      const { path, run } = await newStack(t);
      const update = await run();
      const all = Array.from({ length: 2500 }, (_, sequence) => event(sequence));
      await update.events(all);
      await update.complete();
      const read: unknown[] = [];
      let token: string | null = "0";
      while (token !== null) {
        const page: { events: unknown[]; continuationToken: string | null } = await get(
          `${path}/update/${update.id}/events?continuationToken=${token}`,
        );
        read.push(...page.events);
        token = page.continuationToken;
      }
      expect(read).toEqual(all);
    });

    test("keep their bytes, whatever they hold", async () => {
      const { path, run } = await newStack(t);
      const update = await run();
      const body = String.raw`{"sequence":0,"timestamp":1, "x":"\u0000 \ud800 \"}{","n":12345678901234567890}`;
      const text = `{"events": [ ${body} ]}`;
      const url = `${path}/update/${update.id}/events`;
      expect((await sendText(t, `POST ${url}/batch`, text, { as: update.as })).body).toEqual({});
      const raw = await t.app.inject({ url, headers: { authorization: `token ${t.token}` } });
      expect(raw.body).toBe(`{"events":[${body}],"continuationToken":"1"}`);
    });

    test("tell the history what changed", async () => {
      const { path, run } = await newStack(t);
      const update = await run();
      await update.events([event(0, { summaryEvent: { isPreview: false, resourceChanges: { create: 3, same: 1 } } })]);
      await update.events([event(1)]);
      await update.complete();
      const { info } = await get(`${path}/updates/latest`);
      expect(info.resourceChanges).toEqual({ create: 3, same: 1 });
    });

    test.each<[name: string, events: unknown]>([
      ["no list", {}],
      ["an event without sequence", [{ timestamp: 1 }]],
      ["a negative sequence", [event(-1)]],
      ["a sequence that is no whole number", [event(0.5)]],
      ["a sequence that is too large", [event(1e300)]],
      ["an event that is no object", ["x"]],
    ])("are refused with %s", async (_, events) => {
      const { run } = await newStack(t);
      const update = await run();
      expect(await update.events(events as object[])).toMatchObject({ status: 400, body: { code: 400 } });
    });

    test("are found by the version that the update made, which is what pulumi stack history shows", async () => {
      const { path, run } = await newStack(t);
      for (const timestamp of [1, 2]) {
        const update = await run();
        await update.events([event(0, { timestamp })]);
        await update.complete();
      }
      const eventsOf = async (version: string) => (await t.send(`GET ${path}/update/${version}/events`)).body;
      expect((await eventsOf("1")).events).toMatchObject([{ timestamp: 1 }]);
      expect((await eventsOf("2")).events).toMatchObject([{ timestamp: 2 }]);
      for (const update of ["0", "3", "latest", "99999999999999999999"]) {
        expect(await eventsOf(update)).toMatchObject({ code: 404, message: `This stack has no update ${update}.` });
      }
    });

    test.each(["type=9", "type=9&type=10", "urn=urn:pulumi:dev::web::a:b:C::d"])(
      "are never chosen by %s",
      async (query) => {
        const { path, run } = await newStack(t);
        const { id } = await run();
        expect(await t.send(`GET ${path}/update/${id}/events?${query}`)).toMatchObject({
          status: 400,
          body: { message: "This server can't choose events by type or URN. Read all of them, and choose from those." },
        });
      },
    );

    test("of an update that is not there are not found", async () => {
      const answer = await t.send(`GET ${stack.path}/update/${ABSENT}/events`);
      expect(answer).toMatchObject({ status: 404, body: { id: "update_not_found" } });
      expect((await t.send(`GET ${stack.path}/update/${ABSENT}/events?continuationToken=x`)).status).toBe(400);
    });
  });

  describe("the end", () => {
    test.each([
      ["succeeded", "succeeded"],
      ["failed", "failed"],
      ["cancelled", "failed"],
    ])("complete as %s frees the stack and shows as %s", async (status, result) => {
      const { path, run } = await newStack(t);
      const update = await run();
      expect((await update.complete(status)).body).toEqual({});
      expect(await get(path)).not.toHaveProperty("currentOperation");
      const { info } = await get(`${path}/updates/latest`);
      expect(info).toMatchObject({ result, endTime: expect.any(Number) });
      expect(info.endTime).toBeGreaterThan(0);
      expect(await get(`${path}/update/${update.id}`)).toEqual({ status, events: [] });
      expect((await run()).version).toBe(2);
    });

    test("complete again is fine with the same status, and refused with another", async () => {
      const { run } = await newStack(t);
      const update = await run();
      for (const _ of [1, 2]) expect(await update.complete("failed")).toMatchObject({ status: 200, body: {} });
      expect(await update.complete("succeeded")).toMatchObject({
        status: 403,
        body: { code: 403, id: "lease_invalid" },
      });
    });

    test.each(["done", "", null])("complete as %j is refused", async (status) => {
      const { run } = await newStack(t);
      const answer = await (await run()).complete(status as string);
      expect(answer).toMatchObject({ status: 400, body: { code: 400, id: "invalid_input" } });
    });

    test("cancel frees the stack; said again it is fine; the update can't complete any more", async () => {
      const { path, run } = await newStack(t);
      const update = await run();
      for (const _ of [1, 2]) expect(await update.cancel()).toMatchObject({ status: 200, body: {} });
      expect(await get(path)).not.toHaveProperty("currentOperation");
      for (const status of ["succeeded", "cancelled"]) expect((await update.complete(status)).status).toBe(403);
      expect((await get(`${path}/updates/latest`)).info.result).toBe("failed");
      expect((await get(`${path}/update/${update.id}`)).status).toBe("cancelled");
    });

    test("cancel of an update that has ended, not begun, or is not there is refused", async () => {
      const { path, run, create } = await newStack(t);
      const cancel = (id: string) => t.send(`POST ${path}/update/${id}/cancel`);
      expect(await cancel(await create())).toMatchObject({
        status: 409,
        body: { code: 409, id: "update_not_started" },
      });
      const update = await run();
      await update.complete();
      expect(await cancel(update.id)).toMatchObject({ status: 409, body: { code: 409, id: "update_finished" } });
      expect(await cancel(ABSENT)).toMatchObject({ status: 404, body: { code: 404, id: "update_not_found" } });
    });

    test("while an update runs, its stack is not imported into, renamed or deleted", async () => {
      const { path, run, exported } = await newStack(t);
      const update = await run();
      const busy = { status: 409, body: { code: 409, id: "stack_busy" } };
      expect(await t.send(`POST ${path}/import`, { version: 3, deployment: {} })).toMatchObject(busy);
      expect(await t.send(`POST ${path}/rename`, { newName: "busy" })).toMatchObject(busy);
      expect(await t.send(`DELETE ${path}?force=true`)).toMatchObject(busy);
      await update.expire();
      expect((await t.send(`POST ${path}/import`, { version: 3, deployment: { a: 1 } })).status).toBe(200);
      expect(await exported()).toBe('{"version":3,"deployment":{"a":1}}');
      expect((await get(`${path}/update/${update.id}`)).status).toBe("failed");
    });
  });

  describe("the history", () => {
    test("shows the time until now for an update that runs, and its own once it has ended", async () => {
      const { path, run } = await newStack(t);
      const update = await run();
      for (const read of [
        async () => (await get(`${path}/updates`)).updates[0],
        async () => (await get(`${path}/updates/latest`)).info,
      ]) {
        const { result, startTime, endTime } = await read();
        expect(result).toBe("in-progress");
        expect(endTime).toBeGreaterThanOrEqual(startTime);
        expect(Math.abs(endTime - Date.now() / 1000)).toBeLessThan(60);
      }
      await update.complete();
      const { startTime, endTime } = (await get(`${path}/updates/latest`)).info;
      expect(endTime).toBeGreaterThanOrEqual(startTime);
    });

    test("is newest first, whole or by page", async () => {
      const { path, run } = await newStack(t);
      for (const kind of ["update", "refresh", "destroy"]) {
        const update = await run(kind);
        await update.checkpoint({ resources: [{}, {}] });
        await update.complete();
      }
      await (await run("preview", true)).complete();
      const versions = async (query: string) => {
        const { updates } = await get(`${path}/updates${query}`);
        return updates.map(({ version }: { version: number }) => version);
      };
      expect(await versions("")).toEqual([3, 2, 1]);
      expect(await versions("?pageSize=2&page=1")).toEqual([3, 2]);
      expect(await versions("?pageSize=2&page=2")).toEqual([1]);
      expect(await versions("?pageSize=2&page=3")).toEqual([]);
      expect(await versions("?pageSize=2")).toEqual([3, 2]);
      expect(await versions("?pageSize=0&page=0")).toEqual([3, 2, 1]);
      expect((await t.send(`GET ${path}/updates?pageSize=x`)).status).toBe(400);
      const { info } = await get(`${path}/updates/latest`);
      expect(info).toEqual({
        kind: "destroy",
        startTime: expect.any(Number),
        message: "destroy",
        environment: {},
        config: {},
        result: "succeeded",
        endTime: expect.any(Number),
        version: 3,
        resourceCount: 2,
      });
    });
  });
});

describe.each(engines)("large bodies on $name", (engine) => {
  const LIMIT = 100_000;
  let t: TestApp;
  let update: TestUpdate;
  let path: string;
  beforeAll(async () => {
    t = await startApp(engine, { state: LIMIT });
    const stack = await newStack(t);
    update = await stack.run();
    path = `${stack.path}/update/${update.id}`;
  });
  afterAll(() => t.close());

  test.each<[verb: string, text: string]>([
    ["PATCH checkpoint", `{"version":3,"deployment":{"x":"${"a".repeat(LIMIT * 50)}"}}`],
    ["POST events/batch", `{"events":[]${" ".repeat(LIMIT * 50)}}`],
  ])("%s: a bomb is refused while it unfolds, and so is its plain form", async (verb, text) => {
    const [method, route] = verb.split(" ");
    const refused = { status: 413, body: { code: 413, id: "body_too_large" } };
    expect(await sendText(t, `${method} ${path}/${route}`, text, { as: update.as })).toMatchObject(refused);
    const headers = { authorization: update.as, "content-type": "application/json" };
    expect(await t.send(`${method} ${path}/${route}`, undefined, { headers, payload: text })).toMatchObject(refused);
    expect((await t.send(`${method} ${path}/${route}`, undefined, { headers: {}, payload: text })).status).toBe(401);
  });
});
