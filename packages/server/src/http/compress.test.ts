import { gunzipSync } from "node:zlib";
import { routes } from "@quillon/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack } from "../testing/stack.ts";
import { acceptsGzip, COMPRESSED } from "./compress.ts";

let t: TestApp;
let large: string;
let small: string;

beforeAll(async () => {
  const [engine] = engines;
  if (!engine) throw new Error("no database");
  t = await startApp(engine);
  const pathOf = async (count: number) => {
    const { name, path } = await newStack(t);
    const resources = Array.from({ length: count }, (_, index) => ({
      urn: `urn:pulumi:${name}::web::a:b:C::n${index}`,
      type: "a:b:C",
    }));
    await t.send(`POST ${path}/import`, { version: 3, deployment: { resources } });
    return `/api/quillon/orgs/acme/stacks/web/${name}/resources`;
  };
  large = await pathOf(500);
  small = await pathOf(5);
});
afterAll(() => t.close());

const send = (method: "GET" | "HEAD", url: string, headers: Record<string, string> = {}) =>
  t.app.inject({ method, url, headers: { authorization: `token ${t.token}`, ...headers } });
const gzip = { "accept-encoding": "gzip, deflate, br" };

test("a large list is compressed for a client that accepts it, and is the same list", async () => {
  const plain = await send("GET", large);
  const packed = await send("GET", large, gzip);
  expect(packed.headers).toMatchObject({ "content-encoding": "gzip", vary: "accept-encoding" });
  expect(packed.rawPayload.length).toBe(Number(packed.headers["content-length"]));
  expect(packed.rawPayload.length * 5).toBeLessThan(plain.rawPayload.length);
  expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body);
  expect(plain.headers).not.toHaveProperty("content-encoding");
  expect(plain.headers).toMatchObject({ vary: "accept-encoding" });
});

test("the answer to HEAD has the headers of the compressed list, and no bytes", async () => {
  const { headers } = await send("GET", large, gzip);
  const head = await send("HEAD", large, gzip);
  expect(head.rawPayload).toHaveLength(0);
  for (const name of ["content-encoding", "content-length", "vary"]) expect(head.headers[name]).toBe(headers[name]);
});

test.each([
  ["a small list", () => small],
  ["an error", () => `${large}?continuationToken=x`],
  ["a list that is not there", () => `${large}x`],
])("%s is not compressed", async (_, url) => {
  expect((await send("GET", url(), gzip)).headers).not.toHaveProperty("content-encoding");
});

test.each([
  ["gzip", true],
  ["GZIP;q=0.1", true],
  ["br, gzip", true],
  ["gzip;q=0", false],
  ["gzip ; q=0.000, br", false],
  ["br", false],
  ["", false],
  [undefined, false],
])("Accept-Encoding %s accepts gzip: %s", (header, accepts) => expect(acceptsGzip(header)).toBe(accepts));

test("a long header is read once", () => {
  expect(acceptsGzip(`gzip${" ".repeat(200_000)}x`)).toBe(false);
});

test("no list that is compressed holds a secret, as far as the names of its fields tell", () => {
  for (const key of COMPRESSED) {
    const fields = JSON.stringify(routes[key].reply);
    expect(fields, key).not.toMatch(/"(token|tokenValue|secret\w*|password\w*|plaintext|ciphertext)":/i);
  }
});
