import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack, type TestStack, type TestUpdate } from "../../testing/stack.ts";

const ABSENT = "00000000-0000-4000-8000-000000000000";

describe.each(engines)("the leases and the ends of updates on $name", (engine) => {
  let t: TestApp;
  let stack: TestStack;
  beforeAll(async () => {
    t = await startApp(engine);
    stack = await newStack(t);
  });
  afterAll(() => t.close());

  const get = async (path: string) => (await t.send(`GET ${path}`)).body;

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
    ])("%s accepts only the update's own token on its own path", async (_, verb, body) => {
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

    test("an update's token is refused on all routes but the update's own", async () => {
      for (const request of [`GET ${stack.path}`, "GET /api/user", `POST ${path}/cancel`]) {
        expect((await t.send(request, undefined, { as: update.as })).status).toBe(401);
      }
    });

    test("a renewal keeps the token, gives at most 300 s and never shortens the lease", async () => {
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

  describe("the end", () => {
    test.each([
      ["succeeded", "succeeded"],
      ["failed", "failed"],
      ["cancelled", "failed"],
    ])("complete as %s frees the stack and the history says %s", async (status, result) => {
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

    test("a second complete is accepted with the same status, and refused with another", async () => {
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

    test("cancel frees the stack, a second cancel is accepted, and the update can't complete any more", async () => {
      const { path, run } = await newStack(t);
      const update = await run();
      for (const _ of [1, 2]) expect(await update.cancel()).toMatchObject({ status: 200, body: {} });
      expect(await get(path)).not.toHaveProperty("currentOperation");
      for (const status of ["succeeded", "cancelled"]) expect((await update.complete(status)).status).toBe(403);
      expect((await get(`${path}/updates/latest`)).info.result).toBe("failed");
      expect((await get(`${path}/update/${update.id}`)).status).toBe("cancelled");
    });

    test("cancel of an update that has ended, has not started or does not exist is refused", async () => {
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

    test("while an update runs, its stack can't be imported into, renamed or deleted", async () => {
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
});
