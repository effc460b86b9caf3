import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";

describe.each(engines.slice(0, 1))("what the router refuses", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  test.each([
    ["a bad escape", "/api/stacks/acme/web/dev%/export"],
    ["too long a name", `/api/stacks/acme/web/${"a".repeat(300)}`],
  ])("has the form of other errors: %s", async (_, path) => {
    const answer = await t.send(`GET ${path}`);
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.body).toMatchObject({ code: 400, id: expect.any(String), message: expect.any(String) });
  });
});
