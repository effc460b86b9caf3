import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { EMPTY_STATE, newStack, sendText, stateText } from "../../testing/stack.ts";

describe.each(engines)("export and import of states on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  test("a stack without state exports an empty one that the CLI accepts", async () => {
    const stack = await newStack(t);
    expect(await stack.exported()).toBe(EMPTY_STATE);
    expect(await stack.exported(0)).toBe(EMPTY_STATE);
  });

  test("what was imported is exported to the digit, and gzipped for a client that accepts gzip", async () => {
    const stack = await newStack(t);
    await sendText(t, `POST ${stack.path}/import`, stateText());
    expect(await stack.exported()).toBe(stateText());
    const { headers, rawPayload } = await t.app.inject({
      url: `${stack.path}/export`,
      headers: { authorization: `token ${t.token}`, "accept-encoding": "gzip" },
    });
    expect(headers).toMatchObject({ "content-encoding": "gzip", "content-type": expect.stringContaining("json") });
    expect(gunzipSync(rawPayload).toString()).toBe(stateText());
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
  ])("an export answers Accept-Encoding: %s as the header asks", async (accepted, encoding) => {
    const stack = await newStack(t);
    const headers = { authorization: `token ${t.token}`, "accept-encoding": accepted };
    const answer = await t.app.inject({ url: `${stack.path}/export`, headers });
    expect(answer.headers["content-encoding"]).toBe(encoding);
  });

  test("an import is an update that has ended as soon as it is made", async () => {
    const stack = await newStack(t);
    const { body } = await sendText(t, `POST ${stack.path}/import`, stateText());
    expect(body).toEqual({ updateId: expect.any(String) });
    const poll = await t.send(`GET ${stack.path}/update/${body.updateId}?continuationToken=`);
    expect(poll.body).toEqual({ status: "succeeded", events: [] });
    const { updates } = (await t.send(`GET ${stack.path}/updates`)).body;
    expect(updates).toMatchObject([{ kind: "import", result: "succeeded", version: 1, resourceCount: 1 }]);
    expect((await t.send(`GET ${stack.path}`)).body).toMatchObject({ version: 1, activeUpdate: body.updateId });
  });

  test("each version can be exported, and a version that does not exist is refused", async () => {
    const stack = await newStack(t);
    const text = (n: number) => `{"version":3,"deployment":{"n":${n}}}`;
    for (const n of [1, 2, 3]) await sendText(t, `POST ${stack.path}/import`, text(n));
    for (const n of [1, 2, 3]) expect(await stack.exported(n)).toBe(text(n));
    expect(await stack.exported(0)).toBe(EMPTY_STATE);
    const { status, body } = await t.send(`GET ${stack.path}/export/4`);
    expect({ status, id: body.id }).toEqual({ status: 404, id: "stack_version_not_found" });
    expect((await t.send(`GET ${stack.path}/export/x`)).status).toBe(400);
  });

  test.each<[name: string, text: string, id: string]>([
    ["text that is not JSON", "{", "invalid_json"],
    ["no version", '{"deployment":{}}', "invalid_input"],
    ["a version of the future", '{"version":5,"deployment":{}}', "invalid_input"],
    ["no deployment", '{"version":3}', "invalid_input"],
    ["a deployment that is not an object", '{"version":3,"deployment":[]}', "invalid_input"],
    ["resources that are not a list", '{"version":3,"deployment":{"resources":{}}}', "invalid_deployment"],
  ])("an import of %s is refused, and the state stays", async (_, text, id) => {
    const stack = await newStack(t);
    await sendText(t, `POST ${stack.path}/import`, stateText());
    const answer = await sendText(t, `POST ${stack.path}/import`, text);
    expect(answer).toMatchObject({ status: 400, body: { code: 400, id } });
    expect(await stack.exported()).toBe(stateText());
  });
});
