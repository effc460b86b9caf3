import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";

let folder: string;
let t: TestApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "quillon-console-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), '<meta content="__NONCE__"><meta content="__SIGN_IN__">');
  await writeFile(join(folder, "assets", "main-1.js"), "plain");
  await writeFile(join(folder, "assets", "main-1.js.br"), "packed");
  const [engine] = engines;
  if (!engine) throw new Error("no database");
  t = await startApp(engine, {}, { console: folder });
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true });
});

const get = (url: string, headers = {}) => t.app.inject({ url, headers });

test.each(["/", "/acme", "/acme/web/dev/updates/3", "/signin?next=%2Facme", "/assets", "/assets/web/dev"])(
  "%s is the page, whose script reads the path",
  async (path) => {
    const { statusCode, headers, body } = await get(path);
    expect({ statusCode, type: headers["content-type"] }).toEqual({
      statusCode: 200,
      type: "text/html; charset=utf-8",
    });
    expect(body).toContain('content="token"');
  },
);

test("the page admits no script but the server's own, no other host, and only style elements with its nonce, which is new each time", async () => {
  const pages = await Promise.all([get("/acme"), get("/acme")]);
  const nonces = pages.map(({ headers, body }) => {
    const policy = String(headers["content-security-policy"]);
    expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w+/=]{22,}'; /);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers["cache-control"]).toBe("no-store");
    const [, nonce = ""] = /'nonce-([^']+)'/.exec(policy) ?? [];
    expect(body).toContain(`content="${nonce}"`);
    return nonce;
  });
  expect(nonces[0]).not.toBe(nonces[1]);
});

test("a file is kept by browsers for ever, because its name changes with it, and is sent packed to those who can unpack it", async () => {
  const plain = await get("/assets/main-1.js");
  expect(plain).toMatchObject({ statusCode: 200, body: "plain" });
  expect(plain.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  const packed = await get("/assets/main-1.js", { "accept-encoding": "br" });
  expect(packed).toMatchObject({ body: "packed" });
  expect(packed.headers["content-encoding"]).toBe("br");
});

test.each([
  ["GET", "/api/nothing", 404, "route_not_found"],
  ["GET", "/api/change-requests/acme/1/submit", 405, "method_not_allowed"],
  ["POST", "/acme", 404, "route_not_found"],
] as const)("%s %s is not the page", async (method, url, status, id) => {
  const answer = await t.app.inject({ method, url });
  expect(answer.statusCode).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ id });
});

test("without a build there is no console, and the API says that there is no such route", async () => {
  const [engine] = engines;
  if (!engine) throw new Error("no database");
  const bare = await startApp(engine, {}, { console: join(folder, "nothing") });
  expect((await bare.app.inject({ url: "/acme" })).statusCode).toBe(404);
  await bare.close();
});
