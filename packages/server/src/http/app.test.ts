import { gzipSync } from "node:zlib";
import { openApi, routes } from "@quillon/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { publication, upload } from "../testing/pack.ts";

const PACKS = "/api/orgs/acme/policypacks";
const json = { "content-type": "application/json" };

describe.each(engines.slice(0, 1))("the HTTP app", (engine) => {
  let server: TestApp;
  beforeAll(async () => {
    server = await startApp(engine, { json: 10_000, pack: 20_000, state: 30_000, archive: 40_000 });
  });
  afterAll(() => server.close());

  const post = (payload: Buffer | string, headers: Record<string, string>) =>
    server.send(`POST ${PACKS}`, undefined, {
      payload,
      headers: { authorization: `token ${server.token}`, ...json, ...headers },
    });

  test("an unknown route is a 404 in the CLI's error form, never an empty success", async () => {
    const answer = await server.send("GET /api/esc/environments/acme/default/dev");
    expect(answer).toMatchObject({ status: 404, body: { code: 404, id: "route_not_found" } });
    expect(answer.body.message).toBe(
      "There is no GET /api/esc/environments/acme/default/dev on this server. A Pulumi CLI command that calls it needs a part of Pulumi Cloud that Quillon does not have.",
    );
  });

  test.each<[string, string | Buffer, Record<string, string>]>([
    ["text that is not JSON", "values:\n", json],
    ["another type", "values:\n", { "content-type": "application/x-yaml" }],
    ["no type", "values:\n", {}],
    ["gzip that is none", "values:\n", { ...json, "content-encoding": "gzip" }],
    ["another encoding", "values:\n", { ...json, "content-encoding": "br" }],
    ["more than the server takes", Buffer.alloc(20_000, " "), json],
  ])("an unknown route is a 404 and a wrong method a 405 also with a body of %s", async (_, payload, headers) => {
    const post = (path: string) => server.send(`POST ${path}`, undefined, { payload, headers });
    expect(await post("/api/esc/environments/acme/dev")).toMatchObject({
      status: 404,
      body: { id: "route_not_found" },
    });
    expect(await post("/api/user")).toMatchObject({ status: 405, body: { id: "method_not_allowed" } });
  });

  test("a wrong method is a 405 that names the right ones", async () => {
    const answer = await server.send(`PUT ${PACKS}`, {});
    expect(answer).toMatchObject({ status: 405, body: { code: 405, id: "method_not_allowed" } });
    expect(answer.body.message).toContain("GET, POST");
    expect(answer.headers.allow).toBe("GET, POST");
  });

  test.each([
    ["no token", ""],
    ["a token that nobody has", "token qln_wrong"],
    ["another scheme", "Bearer x"],
    ["a lease's scheme", "update-token x"],
  ])("%s is refused in the form that the CLI reads", async (_, as) => {
    expect(await server.send("GET /api/user", undefined, { as })).toMatchObject({
      status: 401,
      body: { code: 401, message: "Unauthorized: No credentials provided or are invalid." },
    });
  });

  test("a public route needs no token", async () => {
    expect(await server.send("GET /healthz", undefined, { as: "" })).toMatchObject({
      status: 200,
      body: { status: "ok" },
    });
    expect(await server.send("GET /readyz", undefined, { as: "" })).toMatchObject({
      status: 200,
      body: { status: "ready" },
    });
    expect((await server.send("GET /api/capabilities", undefined, { as: "" })).status).toBe(200);
  });

  test("the OpenAPI document is served as it is committed", async () => {
    const { status, body } = await server.send("GET /api/openapi/pulumi-spec.json", undefined, { as: "" });
    expect(status).toBe(200);
    expect(body).toEqual(JSON.parse(JSON.stringify(openApi(routes))));
  });

  test("another organization's things look as if nothing were there", async () => {
    await server.db.insertInto("organizations").values({ name: "other" }).execute();
    const there = await server.send("GET /api/orgs/other/policypacks");
    const nowhere = await server.send("GET /api/orgs/nowhere/policypacks");
    expect(there.status).toBe(404);
    expect(JSON.stringify(there.body)).toBe(JSON.stringify(nowhere.body).replaceAll("nowhere", "other"));
  });

  test("a member may not manage policies or people, and is told what it needs", async () => {
    const { body } = await server.send("POST /api/orgs/acme/users", { login: "member" });
    const as = `token ${body.token}`;
    const refused = await server.send("POST /api/orgs/acme/users", { login: "friend" }, { as });
    expect(refused).toMatchObject({ status: 403, body: { code: 403, id: "forbidden" } });
    expect(refused.body.message).toContain("the role admin");
    expect(await server.send(`DELETE ${PACKS}/p`, undefined, { as })).toMatchObject({ status: 403 });
    expect((await server.send(`GET ${PACKS}`, undefined, { as })).status).toBe(200);
  });

  test("a user can be added only once", async () => {
    await server.send("POST /api/orgs/acme/users", { login: "twice" });
    const again = await server.send("POST /api/orgs/acme/users", { login: "twice" });
    expect(again).toMatchObject({ status: 409, body: { id: "user_exists" } });
  });

  describe("bodies", () => {
    test("a body that is not JSON is refused", async () => {
      expect(await post("{", {})).toMatchObject({ status: 400, body: { code: 400, id: "invalid_json" } });
    });

    test("a missing body is refused where one is needed", async () => {
      expect(await post("", {})).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    });

    test("a body of another content type is refused", async () => {
      const answer = await post("name=x", { "content-type": "application/x-www-form-urlencoded" });
      expect(answer).toMatchObject({ status: 415, body: { code: 415, id: "unsupported_media_type" } });
    });

    test("a body that is said to be gzip and is not is refused", async () => {
      const answer = await post("plain", { "content-encoding": "gzip" });
      expect(answer).toMatchObject({ status: 400, body: { code: 400, id: "invalid_gzip" } });
    });

    test("a body whose gzip breaks off is refused", async () => {
      const whole = gzipSync(JSON.stringify({ name: "x".repeat(500) }));
      const answer = await post(whole.subarray(0, whole.length - 9), { "content-encoding": "gzip" });
      expect(answer).toMatchObject({ status: 400, body: { code: 400, id: "invalid_gzip" } });
    });

    test("a body in an unknown encoding is refused", async () => {
      const answer = await post("{}", { "content-encoding": "br" });
      expect(answer).toMatchObject({ status: 415, body: { code: 415, id: "unsupported_encoding" } });
    });

    test.each([
      ["POST /api/orgs/acme/users", 10_000, "--body-limit (QUILLON_BODY_LIMIT)"],
      [`POST ${PACKS}`, 20_000, "--pack-limit (QUILLON_PACK_LIMIT)"],
      ["PATCH /api/orgs/acme/policygroups/default-policy-group", 20_000, "--pack-limit (QUILLON_PACK_LIMIT)"],
      ["POST /api/stacks/acme/web", 30_000, "--state-limit (QUILLON_STATE_LIMIT)"],
    ])(
      "a body over the limit of %s, plain or decompressed from a small gzip, is refused, and the message names the setting",
      async (route, limit, setting) => {
        const send = (payload: Buffer | string, headers: Record<string, string>) =>
          server.send(route, undefined, {
            payload,
            headers: { authorization: `token ${server.token}`, ...json, ...headers },
          });
        const of = (bytes: number) => JSON.stringify({ x: "x".repeat(bytes - 8) });
        expect((await send(of(limit), {})).status).toBe(400);
        const refused = {
          status: 413,
          body: {
            code: 413,
            id: "body_too_large",
            message: `The body is larger than ${limit} bytes (counted after decompression). The server's setting ${setting} is the limit.`,
          },
        };
        expect(await send(of(limit + 1), {})).toMatchObject(refused);
        const bomb = gzipSync(of(limit + 1));
        expect(bomb.length).toBeLessThan(200);
        expect(await send(bomb, { "content-encoding": "gzip" })).toMatchObject(refused);
      },
    );

    test("an archive over the limit is refused, and the message names the setting", async () => {
      const { uploadURI } = (await server.send(`POST ${PACKS}`, publication("large", "1.0.0"))).body;
      expect(await upload(server, uploadURI, Buffer.alloc(40_001))).toMatchObject({
        status: 413,
        body: { message: expect.stringContaining("--archive-limit (QUILLON_ARCHIVE_LIMIT)") },
      });
    });

    test("a body is not read before the caller is known", async () => {
      const answer = await server.send(`POST ${PACKS}`, undefined, { as: "", payload: "{", headers: json });
      expect(answer.status).toBe(401);
    });

    test("a body with text that the database can't store is refused", async () => {
      const answer = await server.send("POST /api/orgs/acme/users", { login: "nul", name: "a\0b" });
      expect(answer).toMatchObject({ status: 400, body: { code: 400, id: "invalid_input" } });
    });
  });

  test("every route but the public and the signed ones refuses a caller who is not known", async () => {
    for (const [key, { access }] of Object.entries(routes)) {
      if (access === "public" || access === "signed") continue;
      const path = key.replace("{updateID}", "00000000-0000-0000-0000-000000000000").replace(/\{\w+\}/g, "acme");
      const { status } = await server.send(path, undefined, { as: "" });
      expect(`${key} ${status}`).toBe(`${key} 401`);
    }
  });
});
