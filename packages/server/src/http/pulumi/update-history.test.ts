import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack } from "../../testing/stack.ts";

describe.each(engines)("the history of updates on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const get = async (path: string) => (await t.send(`GET ${path}`)).body;

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

  test("the history shows the time until now for an update that runs, and the time of its end once it has ended", async () => {
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

  test("the history has the newest update first, whole or page by page", async () => {
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

  test("the latest previews are those since the newest update, also those that an update begins with", async () => {
    const { path, run } = await newStack(t);
    const previews = async (query = "") => await get(`${path}/updates/latest/previews${query}`);
    const idsOf = ({ updates }: { updates: { updateID: string }[] }) => updates.map(({ updateID }) => updateID);
    expect(await previews()).toEqual({ updates: [], itemsPerPage: 10, total: 0 });
    const made = async (kind: string, dryRun: boolean) => {
      const update = await run(kind, dryRun);
      await update.complete("failed");
      return update.id;
    };
    const before = await made("preview", true);
    expect(idsOf(await previews())).toEqual([before]);
    await made("update", false);
    expect(idsOf(await previews())).toEqual([]);
    const first = await made("update", true);
    await made("destroy", true);
    const second = await made("preview", true);
    expect(idsOf(await previews())).toEqual([first, second]);
    const newest = await previews("?asc=false&pageSize=1&page=1");
    expect(newest).toMatchObject({
      itemsPerPage: 1,
      total: 2,
      updates: [{ updateID: second, requestedBy: { name: "admin" } }],
    });
    expect(idsOf(await previews("?asc=false&pageSize=1&page=2"))).toEqual([first]);
    expect((await t.send(`GET ${path}/updates/latest/previews?pageSize=100`)).status).toBe(400);
    // Twenty with large configurations are twenty megabytes.
    const { headers } = await t.send(`GET ${path}/updates/latest/previews`);
    expect(headers).not.toHaveProperty("content-length");
  });
});
