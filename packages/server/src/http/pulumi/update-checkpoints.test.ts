import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack, sendText, type TestStack, type TestUpdate } from "../../testing/stack.ts";

describe.each(engines)("the checkpoints of updates on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

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

  test("a checkpoint is kept to the digit and the byte, and is the current state at once", async () => {
    const deployment = String.raw`{"resources":[{"urn":"u","inputs":{"n":12345678901234567890.10,"b":1,"a":"\u003c😀"}}],"2":[],"1":1e400}`;
    const text = `{"isInvalid":false,"version":4,"features":["views"],"deployment": ${deployment} }`;
    expect((await patch(text)).body).toEqual({});
    const stored = `{"version":4,"features":["views"],"deployment":${deployment}}`;
    expect(await own.exported()).toBe(stored);
    expect(await own.exported(1)).toBe(stored);
  });

  test.each<[name: string, text: string, status: number, id: string]>([
    ["text that is not JSON", "{", 400, "invalid_json"],
    ["an empty text", "", 400, "invalid_input"],
    ["no version", '{"deployment":{}}', 400, "invalid_input"],
    ["version 0", '{"version":0,"deployment":{}}', 400, "invalid_input"],
    ["a deployment that is not an object", '{"version":3,"deployment":"{}"}', 400, "invalid_input"],
    ["features that are not a list", '{"version":4,"features":"views","deployment":{}}', 400, "invalid_input"],
    ["no deployment, as old clients do", '{"isInvalid":true,"version":3}', 400, "invalid_deployment"],
    ["resources that are not a list", '{"version":3,"deployment":{"resources":"x"}}', 400, "invalid_deployment"],
  ])("a checkpoint with %s is refused, and the state stays", async (_, text, status, id) => {
    await patch('{"version":3,"deployment":{"good":1}}');
    expect(await patch(text)).toMatchObject({ status, body: { code: status, id } });
    expect(await own.exported()).toBe('{"version":3,"deployment":{"good":1}}');
  });

  test("a checkpoint that is not gzip, or whose gzip breaks off, is refused", async () => {
    const whole = gzipSync('{"version":3,"deployment":{}}');
    for (const packed of [Buffer.from('{"version":3}'), whole.subarray(0, whole.length - 9)]) {
      expect(await patch("", packed)).toMatchObject({ status: 400, body: { code: 400, id: "invalid_gzip" } });
    }
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
  ])("%s refuses a body over the limit, gzipped (while it is decompressed) and plain", async (verb, text) => {
    const [method, route] = verb.split(" ");
    const refused = { status: 413, body: { code: 413, id: "body_too_large" } };
    expect(await sendText(t, `${method} ${path}/${route}`, text, { as: update.as })).toMatchObject(refused);
    const headers = { authorization: update.as, "content-type": "application/json" };
    expect(await t.send(`${method} ${path}/${route}`, undefined, { headers, payload: text })).toMatchObject(refused);
    expect((await t.send(`${method} ${path}/${route}`, undefined, { headers: {}, payload: text })).status).toBe(401);
  });
});
