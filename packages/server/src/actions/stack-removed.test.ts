import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { stackElsewhere } from "../testing/elsewhere.ts";
import { holdStack, untilWaiting } from "../testing/locks.ts";
import { newStack } from "../testing/stack.ts";

const STATE = { version: 3, deployment: {} };

describe.each(engines)("a stack that is removed meanwhile, on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  // The embedded database has one connection, so there nothing can happen during a transaction.
  if (engine.name === "PostgreSQL") {
    // What waits has passed the check of its access, and finds the stack gone when it goes on.
    test.each<[request: string, path: string, body: object | undefined]>([
      ["POST", "/update", {}],
      ["POST", "/preview", { options: { dryRun: true } }],
      ["POST", "/refresh", {}],
      ["POST", "/destroy", {}],
      ["POST", "/import", STATE],
      ["POST", "/rename", { newName: "elsewhere" }],
      ["POST", "/tags", { name: "a", value: "b" }],
      ["DELETE", "/tags/a", undefined],
      ["DELETE", "", undefined],
    ])("is a 404 to %s %s", async (method, path, body) => {
      const stack = await newStack(t, { tags: { a: "1" } });
      const name = stack.name;
      const held = await holdStack(t, name, (db) => db.deleteFrom("stacks").where("name", "=", name).execute());
      const sent = t.send(`${method} ${stack.path}${path}`, body);
      await untilWaiting(t, 1);
      held.release();
      expect(await sent).toMatchObject({ status: 404, body: { id: "stack_not_found" } });
    });

    test("is a 404 to what policies say of the state of a stack elsewhere", async () => {
      const path = await stackElsewhere(t);
      const name = path.split("/").at(-1) ?? "";
      const held = await holdStack(t, name, (db) => db.deleteFrom("stacks").where("name", "=", name).execute());
      const check = `${path.replace("/api/stacks/acme/", "/api/quillon/orgs/acme/stacks/")}/check`;
      const sent = t.send(`PUT ${check}`, { packs: [], results: [], leftOut: 0 });
      await untilWaiting(t, 1);
      held.release();
      expect(await sent).toMatchObject({ status: 404, body: { id: "stack_not_found" } });
    });
  }

  test("is a 404 or was in time, for updates that are created while it is removed", async () => {
    const stack = await newStack(t);
    const creating = Array.from({ length: 20 }, () => t.send(`POST ${stack.path}/update`, {}));
    const removing = t.send(`DELETE ${stack.path}`);
    const statuses = (await Promise.all([...creating, removing])).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 200 && status !== 404)).toEqual([]);
  });
});
