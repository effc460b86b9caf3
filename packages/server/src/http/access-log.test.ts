import { EventEmitter, once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack } from "../testing/stack.ts";

// The lines are made without the database, so one kind of it suffices.
describe.each(engines.slice(0, 1))("the access log", (engine) => {
  let t: TestApp;
  let ready = true;
  let lines: Record<string, unknown>[] = [];
  const news = new EventEmitter();
  const logTo = {
    write(line: string) {
      lines.push(JSON.parse(line));
      news.emit("line");
    },
  };
  beforeAll(async () => {
    t = await startApp(engine, {}, { logLevel: "info", logTo, trustProxy: ["10.0.0.0/8"], isStarted: () => ready });
  });
  beforeEach(() => {
    lines = [];
  });
  afterAll(() => t.close());

  const requests = () => lines.filter(({ msg }) => msg === "request");

  test("the log has one line for each request, with who called, from where, and without the query", async () => {
    await t.send("GET /api/orgs/acme/members?continuationToken=");
    await t.send("GET /api/user", undefined, { as: "token wrong" });
    await t.send("GET /nowhere?signature=secret");
    expect(requests()).toMatchObject([
      { method: "GET", path: "/api/orgs/acme/members", status: 200, ip: "127.0.0.1", caller: "admin" },
      { path: "/api/user", status: 401, ip: "127.0.0.1" },
      { path: "/nowhere", status: 404 },
    ]);
    expect(requests()[1]).not.toHaveProperty("caller");
    expect(lines).toHaveLength(3);
  });

  test("a line has the route, the time, and the id that the answer has", async () => {
    const { headers } = await t.send("GET /api/orgs/acme/members");
    await t.send("GET /nowhere");
    const wanted = {
      level: 30,
      reqId: headers["x-pulumi-request-id"],
      route: "/api/orgs/{orgName}/members",
      ms: expect.any(Number),
    };
    expect(requests()).toMatchObject([wanted, { route: "none" }]);
  });

  test("no line has a secret of the request, also of one that is refused", async () => {
    const { path } = await newStack(t);
    lines = [];
    await t.send(`POST ${path}/encrypt`, { plaintext: "aHVudGVyMjI=" });
    await t.send(`POST ${path}/encrypt`, { plaintext: 1, other: "aHVudGVyMjI=" });
    await t.send("GET /api/user?token=aHVudGVyMjI=", undefined, { as: "token aHVudGVyMjI=" });
    await t.send("GET /api/%zz?token=aHVudGVyMjI=");
    expect(requests()).toHaveLength(4);
    for (const secret of [t.token, "aHVudGVyMjI="]) expect(JSON.stringify(lines)).not.toContain(secret);
  });

  test("the log names the update whose lease was used", async () => {
    const update = await (await newStack(t)).run();
    lines = [];
    await update.renew();
    expect(requests()).toMatchObject([{ status: 200, update: update.id }]);
  });

  test.each([
    ["10.1.2.3", "203.0.113.9", "203.0.113.9"],
    ["10.1.2.3", "198.51.100.1, 203.0.113.9", "203.0.113.9"],
    ["10.1.2.3", "203.0.113.9, 10.9.9.9", "203.0.113.9"],
    ["192.0.2.7", "203.0.113.9", "192.0.2.7"],
    ["10.1.2.3", "unknown", "10.1.2.3"],
    ["10.1.2.3", "203.0.113.9, 203.0.113.9:5678", "10.1.2.3"],
  ])("a request from %s that was forwarded for %s is from %s", async (remoteAddress, forwarded, ip) => {
    const headers = { "x-forwarded-for": forwarded, authorization: `token ${t.token}` };
    await t.send("GET /api/user", undefined, { remoteAddress, headers });
    expect(requests()).toMatchObject([{ ip }]);
  });

  test("the audit log has the same address", async () => {
    const headers = {
      "x-forwarded-for": "203.0.113.9",
      authorization: `token ${t.token}`,
      "content-type": "application/json",
    };
    const body = { name: "audited", entityType: "stacks" };
    await t.send("POST /api/orgs/acme/policygroups", body, { remoteAddress: "10.1.2.3", headers });
    const { auditLogEvents } = (await t.send("GET /api/orgs/acme/auditlogs")).body;
    expect(auditLogEvents[0]).toMatchObject({ event: "Policy Group Created", sourceIP: "203.0.113.9" });
  });

  test("a request whose client closes the connection has its line, too", async () => {
    await t.app.listen({ host: "127.0.0.1", port: 0 });
    const socket = connect((t.app.server.address() as AddressInfo).port, "127.0.0.1");
    const head = ["POST /api/stacks/acme/web HTTP/1.1", "host: x", `authorization: token ${t.token}`];
    socket.write(
      `${[...head, "content-type: application/json", "content-length: 9", "expect: 100-continue"].join("\r\n")}\r\n\r\n`,
    );
    await once(socket, "data");
    const line = once(news, "line");
    socket.destroy();
    await line;
    expect(requests()).toMatchObject([{ path: "/api/stacks/acme/web", aborted: true }]);
  });

  test.each(["localhost:8080", "quillon.example.com", "my_host", "[::1]:80", "10.0.0.1"])(
    "the Host header %s is accepted",
    async (host) => {
      expect((await t.send("GET /healthz", undefined, { headers: { host } })).status).toBe(200);
    },
  );

  test.each(["evil.com/path?", "a@b", "a b", "host:port", "[::1", "<script>", "-x", "a:123456"])(
    "the Host header %s is refused, because URLs in replies are made with it",
    async (host) => {
      const refused = await t.send("GET /api/capabilities", undefined, { headers: { host } });
      expect(refused).toMatchObject({ status: 400, body: { id: "bad_host" } });
    },
  );

  test("until the server is ready, every request but for its health is told to try again", async () => {
    ready = false;
    const refused = await t.send("GET /api/user");
    expect(refused).toMatchObject({ status: 503, body: { id: "starting" }, headers: { "retry-after": "2" } });
    expect((await t.send("GET /readyz")).status).toBe(503);
    expect((await t.send("GET /healthz")).status).toBe(200);
    ready = true;
  });
});
