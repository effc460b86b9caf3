import type { QuillonError } from "@quillon/contract";
import { parseSetCookie } from "cookie";
import type { FastifyRequest } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { makeToken, person } from "../../testing/people.ts";
import { newStack } from "../../testing/stack.ts";
import { requireOwnOrigin } from "../session-cookie.ts";

const SESSION = "/api/quillon/session";
const OWN_PAGE = { host: "quillon.example", origin: "http://quillon.example" };

describe.each(engines)("a session of the console on $name", (engine) => {
  let t: TestApp;

  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  /** Signs in with an access token. @returns what the browser gets. */
  const signIn = async (as = `token ${t.token}`) => {
    const { headers } = await t.send(`POST ${SESSION}`, undefined, { as });
    return parseSetCookie(String(headers["set-cookie"]));
  };

  /** What a browser sends: the cookie, and for what may change something the page's address. */
  const browse = async (
    request: string,
    value = "",
    { headers = OWN_PAGE, body }: { headers?: object; body?: object } = {},
  ) => {
    const [method, url] = request.split(" ");
    const answer = await t.app.inject({
      method: method as "GET",
      url: url ?? "/",
      headers: { cookie: `other=1; quillon_session=${value}`, ...headers },
      ...(body && { payload: body }),
    });
    return { status: answer.statusCode, body: answer.body && JSON.parse(answer.body), headers: answer.headers };
  };

  test("takes the place of the access token, in a cookie that no script and no other site can use", async () => {
    const cookie = await signIn();
    expect(cookie).toMatchObject({ name: "quillon_session", path: "/", httpOnly: true, sameSite: "strict" });
    expect(cookie.maxAge).toBeGreaterThan(11 * 3600);
    expect(await browse(`GET ${SESSION}`, cookie.value)).toMatchObject({
      status: 200,
      body: { login: "admin", organizations: [{ name: "acme", role: "admin" }] },
    });
    expect((await browse("GET /api/orgs/acme/policygroups", cookie.value)).status).toBe(200);
  });

  test("is sent only over https where the server is reached so", async () => {
    const secure = await startApp(engine, {}, { publicUrl: "https://quillon.example" });
    const { headers } = await secure.send(`POST ${SESSION}`);
    await secure.close();
    expect(parseSetCookie(String(headers["set-cookie"])).secure).toBe(true);
    expect((await signIn()).secure).toBeFalsy();
  });

  test.each([
    ["the server's own page", { host: "quillon.example", origin: "http://quillon.example" }, 200],
    ["the page of another port", { host: "quillon.example", origin: "http://quillon.example:3001" }, 403],
    ["the page of another site", { host: "quillon.example", origin: "http://evil.example" }, 403],
    ["a page that does not say its address", { host: "quillon.example", origin: "null" }, 403],
    ["no page", { host: "quillon.example" }, 403],
  ])("changes something from %s only if it is this console", async (_, headers, status) => {
    const { value } = await signIn();
    const answer = await browse("POST /api/user/tokens", value, { headers, body: { description: "mine" } });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body).toMatchObject({ id: "cross_origin" });
  });

  test("changes nothing from a page without an address, where the request does not name the server either", () => {
    const request = { method: "POST", headers: { origin: "null" } } as FastifyRequest;
    expect(() => requireOwnOrigin(request, "http://:8080")).toThrow("came from a page of null");
  });

  test.each([
    ["https://quillon.example", "https://quillon.example", 200],
    ["https://quillon.example", "http://quillon.example", 403],
    ["https://quillon.example", "http://127.0.0.1:8080", 403],
    ["http://quillon.example", "https://quillon.example", 200],
    ["http://quillon.example:8080", "http://127.0.0.1:8080", 403],
  ])("where the public URL is %s, a page of %s is answered %i", async (publicUrl, origin, status) => {
    const request = { method: "POST", headers: { origin, host: "127.0.0.1:8080" } } as FastifyRequest;
    const answered = () => {
      try {
        requireOwnOrigin(request, publicUrl);
        return 200;
      } catch (error) {
        expect(String(error)).toContain(`, which is at ${publicUrl}.`);
        return (error as QuillonError).status;
      }
    };
    expect(answered()).toBe(status);
  });

  test("is no access token, and an access token is no session", async () => {
    const { value } = await signIn();
    expect((await t.send(`GET ${SESSION}`, undefined, { as: `token ${value}` })).status).toBe(401);
    expect((await browse(`GET ${SESSION}`, t.token)).status).toBe(401);
    expect((await browse(`GET ${SESSION}`)).status).toBe(401);
  });

  test("ends when somebody signs out, for this browser and for who has copied the cookie", async () => {
    const { value } = await signIn();
    const answer = await browse(`DELETE ${SESSION}`, value);
    expect(answer.status).toBe(204);
    expect(parseSetCookie(String(answer.headers["set-cookie"]))).toMatchObject({ value: "", maxAge: 0 });
    expect((await browse(`GET ${SESSION}`, value)).status).toBe(401);
    expect(await t.send(`DELETE ${SESSION}`)).toMatchObject({ status: 404, body: { id: "session_not_found" } });
  });

  test("ends with the access token that it was made from, and so does an update that it has started", async () => {
    const token = await makeToken(t, "/api/user", { description: "laptop" });
    const { value } = await signIn(token.as);
    const stack = await newStack(t);
    const made = await browse(`POST ${stack.path}/update`, value, {
      body: { name: "web", runtime: "nodejs", config: {} },
    });
    const update = `${stack.path}/update/${made.body.updateID}`;
    const started = await browse(`POST ${update}`, value, { body: { tags: {} } });
    expect(started.status).toBe(200);
    await t.send(`DELETE /api/user/tokens/${token.id}`);
    expect((await browse(`GET ${SESSION}`, value)).status).toBe(401);
    expect((await t.send(`GET ${update}`)).body).toMatchObject({ status: "cancelled" });
  });

  test("does not last longer than the access token, and what is made with it neither", async () => {
    const soon = Math.floor(Date.now() / 1000) + 3600;
    const token = await makeToken(t, "/api/user", { expires: soon });
    const { value, maxAge } = await signIn(token.as);
    expect(maxAge).toBeLessThanOrEqual(3600);
    expect((await browse("POST /api/user/tokens", value, { body: { expires: soon + 10 } })).status).toBe(400);
    expect((await browse("POST /api/user/tokens", value, { body: { expires: soon } })).status).toBe(200);
  });

  test("makes tokens that never expire, as the token that it was made from can", async () => {
    const { value } = await signIn();
    expect((await browse("POST /api/user/tokens", value, { body: {} })).status).toBe(200);
  });

  test("makes no successor, so that everybody has to sign in again some time", async () => {
    const { value } = await signIn();
    const again = await browse(`POST ${SESSION}`, value);
    expect(again.status).toBe(200);
    expect(again.headers["set-cookie"]).toBeUndefined();
  });

  test("leaves nothing behind when it has ended and the person signs in again", async () => {
    const ann = await person(t, "ann");
    await signIn(ann);
    const { value: kept } = await signIn(ann);
    const sessions = () =>
      t.db
        .selectFrom("tokens")
        .innerJoin("users", "users.id", "tokens.user_id")
        .where("users.login", "=", "ann")
        .where("tokens.session", "=", true)
        .select("tokens.id");
    const [first] = await sessions().orderBy("tokens.created_at").execute();
    await t.db
      .updateTable("tokens")
      .set({ expires_at: new Date(0) })
      .where("id", "=", first?.id ?? "")
      .execute();
    await signIn(ann);
    expect(await sessions().execute()).toHaveLength(2);
    expect((await browse(`GET ${SESSION}`, kept)).status).toBe(200);
  });

  test("is only for people", async () => {
    const { as } = await makeToken(t, "/api/orgs/acme", { name: "ci" });
    expect((await t.send(`POST ${SESSION}`, undefined, { as })).status).toBe(403);
  });

  test("gives the rights that the person has now", async () => {
    const { value } = await signIn(await person(t, "leaver"));
    expect((await browse("GET /api/orgs/acme/policygroups", value)).status).toBe(200);
    await t.send("DELETE /api/orgs/acme/members/leaver");
    expect((await browse("GET /api/orgs/acme/policygroups", value)).status).toBe(404);
  });
});

describe.each(engines)("a reverse proxy that signs people in, on $name", (engine) => {
  let t: TestApp;

  beforeAll(async () => {
    const proxy = { trustProxy: ["10.0.0.1"], proxyUserHeader: "x-forwarded-user" };
    t = await startApp(engine, {}, { ...proxy, publicUrl: "http://quillon.example" });
    await person(t, "ann");
  });
  afterAll(() => t.close());

  const PROXY = `${SESSION}/proxy`;

  const through = async (url: string, headers: Record<string, string>, remoteAddress = "10.0.0.1") => {
    const method = url === PROXY ? "POST" : "GET";
    const answer = await t.app.inject({ method, url, remoteAddress, headers: { ...OWN_PAGE, ...headers } });
    return { status: answer.statusCode, body: JSON.parse(answer.body), cookie: String(answer.headers["set-cookie"]) };
  };

  test("is believed when it names a user of this server", async () => {
    const { status, body, cookie } = await through(PROXY, { "x-forwarded-user": "ann" });
    expect({ status, body }).toMatchObject({ status: 200, body: { login: "ann", organizations: [{ name: "acme" }] } });
    expect(parseSetCookie(cookie)).toMatchObject({ httpOnly: true, sameSite: "strict" });
  });

  test.each([
    ["from another address", { "x-forwarded-user": "ann" }, "10.0.0.2", 401],
    [
      "from an address that only X-Forwarded-For has",
      { "x-forwarded-user": "ann", "x-forwarded-for": "10.0.0.1" },
      "10.0.0.2",
      401,
    ],
    ["without a name", {}, "10.0.0.1", 401],
    ["with an empty name", { "x-forwarded-user": "" }, "10.0.0.1", 401],
    ["beside an access token", { "x-forwarded-user": "ann", authorization: "token qln_x" }, "10.0.0.1", 401],
    ["with a name that nobody has", { "x-forwarded-user": "eve" }, "10.0.0.1", 403],
    ["with the name of a token", { "x-forwarded-user": "acme:ci" }, "10.0.0.1", 403],
    ["by a page of another site", { "x-forwarded-user": "ann", origin: "http://evil.example" }, "10.0.0.1", 403],
    [
      "by a page of another site whose name is that of the server, too",
      { "x-forwarded-user": "ann", origin: "https://evil.example", host: "evil.example" },
      "10.0.0.1",
      403,
    ],
  ])("nobody is signed in %s", async (_, headers: Record<string, string>, address, status) => {
    await makeToken(t, "/api/orgs/acme", { name: "ci" }).catch(() => undefined);
    expect((await through(PROXY, headers, address)).status).toBe(status);
  });

  test.each([
    ["as the same person", { "x-forwarded-user": "ann" }, 200],
    ["as somebody else", { "x-forwarded-user": "admin" }, 401],
    ["as nobody", {}, 401],
  ])("a session is valid for who is signed in to the proxy %s", async (_, headers: Record<string, string>, status) => {
    const { value } = parseSetCookie((await through(PROXY, { "x-forwarded-user": "ann" })).cookie);
    const cookie = `quillon_session=${value}`;
    expect((await through(SESSION, { ...headers, cookie })).status).toBe(status);
  });

  test("it makes tokens that never expire, because no access token bounds it", async () => {
    const { value } = parseSetCookie((await through(PROXY, { "x-forwarded-user": "ann" })).cookie);
    const answer = await t.app.inject({
      method: "POST",
      url: "/api/user/tokens",
      remoteAddress: "10.0.0.1",
      headers: { ...OWN_PAGE, cookie: `quillon_session=${value}`, "x-forwarded-user": "ann" },
      payload: {},
    });
    expect(answer.statusCode).toBe(200);
  });
});
