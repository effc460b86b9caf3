import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

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
    test.each(KINDS)("an update of kind %s gets an id and what it must run", async (kind) => {
      const { status, body } = await t.send(`POST ${stack.path}/${kind}`, { options: { dryRun: kind === "preview" } });
      expect(status).toBe(200);
      expect(body).toEqual({
        updateID: expect.stringMatching(/^[0-9a-f-]{36}$/),
        requiredPolicies: [],
        aiSettings: { copilotIsEnabled: false },
      });
      expect(await get(`${stack.path}/update/${body.updateID}`)).toMatchObject({ status: "not started" });
    });

    test.each<[name: string, body: unknown]>([
      ["options that are not an object", { options: "none" }],
      ["a dryRun that is not a boolean", { options: { dryRun: "yes" } }],
      ["configuration without values", { config: { "web:port": 8080 } }],
      ["an environment of numbers", { metadata: { environment: { a: 1 } } }],
      ["a body that is a list", []],
    ])("a create request with %s is refused", async (_, body) => {
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

    test("a start without tags keeps the stack's tags, and a start with empty tags removes them", async () => {
      const { path, create, start, update } = await newStack(t, { tags: { a: "b" } });
      const id = await create();
      await update({ id, ...(await start(id)).body }).complete();
      expect((await get(path)).tags).toEqual({ a: "b" });
      await start(await create(), {});
      expect((await get(path)).tags).toEqual({});
    });

    test("an update can't be started twice", async () => {
      const { create, start } = await newStack(t);
      const id = await create();
      await start(id);
      expect(await start(id)).toMatchObject({ status: 409, body: { code: 409, id: "update_started" } });
    });

    test("a start on a busy stack is refused, and the message says who runs what", async () => {
      const { create, start, run, path } = await newStack(t);
      const destroy = await run("destroy");
      const answer = await start(await create());
      expect(answer).toMatchObject({ status: 409, body: { code: 409, id: "stack_busy" } });
      expect(answer.body.message).toMatch(/ admin started destroy on stack acme\/web\/dev\d+ at 20\d\d-/);
      expect(await get(path)).toMatchObject({ version: 1, activeUpdate: destroy.id });
    });

    test("a start of an update of another stack, or of one that does not exist, is refused", async () => {
      const other = await newStack(t);
      for (const id of [await other.create(), ABSENT]) {
        expect(await stack.start(id)).toMatchObject({ status: 404, body: { code: 404, id: "update_not_found" } });
      }
      expect((await stack.start("not-a-uuid")).status).toBe(400);
    });
  });

  describe("a dry run", () => {
    test.each(KINDS)("a dry run of kind %s does not take the stack and changes nothing", async (kind) => {
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

    test("a dry run whose lease has expired can't do anything more", async () => {
      const dry = await stack.run("preview", true);
      await dry.expire();
      for (const answer of [await dry.renew(), await dry.events([]), await dry.complete()]) {
        expect(answer).toMatchObject({ status: 403, body: { code: 403, id: "lease_invalid" } });
      }
    });

    test("a dry run can be cancelled", async () => {
      const dry = await stack.run("preview", true);
      expect((await dry.cancel()).body).toEqual({});
      expect((await dry.renew()).status).toBe(403);
    });

    test("a run of kind preview is one, whatever it says", async () => {
      const { path, run } = await newStack(t);
      const said = await run("preview", false);
      expect((await said.checkpoint({})).status).toBe(400);
      expect((await get(path)).activeUpdate).not.toBe(said.id);
    });
  });
});
