import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack, sendText } from "../../testing/stack.ts";

describe.each(engines)("reading large states on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  /** A stack with a large state, whose only resource is a large one. */
  async function largeStack() {
    const stack = await newStack(t);
    const inputs = { x: "x".repeat(6e6) };
    const resources = [{ urn: "urn:pulumi:dev::web::a:b:C::n", type: "a:b:C", inputs }];
    await sendText(t, `POST ${stack.path}/import`, JSON.stringify({ version: 3, deployment: { resources } }));
    return stack;
  }

  test("for the events of several updates of one caller is done one after the other", async () => {
    const stack = await largeStack();
    const previews = [await stack.run("preview", true), await stack.run("preview", true)];
    const event = { sequence: 0, timestamp: 0, stdoutEvent: { message: "x", color: "never" } };
    let ended = 0;
    const sent = previews.map((one) => one.events([event]).finally(() => (ended += 1)));
    let most = 0;
    for (; ended < sent.length; await setTimeout(5)) {
      const { running, waiting } = t.workers.tasks();
      most = Math.max(most, running + waiting);
    }
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200, 200]);
    expect(most).toBe(1);
  });

  test("before a stack is removed holds no connection to the database", async () => {
    const { path } = await largeStack();
    const ended: string[] = [];
    const removal = t.send(`DELETE ${path}`).then(({ body }) => ended.push(body.id));
    for (let asked = 0; asked < 5; asked++) await t.send("GET /api/user");
    ended.push("others");
    await removal;
    expect(ended).toEqual(["others", "stack_has_resources"]);
  });
});
