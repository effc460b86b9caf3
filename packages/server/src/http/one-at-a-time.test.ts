import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";

describe.each(engines.slice(0, 1))("requests on one connection", (engine) => {
  const request = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: token ${t.token}\r\n\r\n`;
  let t: TestApp;
  let handled = 0;
  let socket: Socket;
  beforeAll(async () => {
    t = await startApp(engine);
    t.app.addHook("onRequest", async () => {
      handled += 1;
    });
    await t.app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(() => t.close());

  const open = () => {
    handled = 0;
    socket = connect((t.app.server.address() as AddressInfo).port, "127.0.0.1");
    return socket.setEncoding("utf8").on("error", () => {});
  };

  const closed = () => {
    socket.resume();
    return new Promise((resolve) => socket.once("close", resolve));
  };

  test("thousands that do not wait for answers end their connection, and only the first is handled", async () => {
    open().end(request("/api/user").repeat(5_000));
    await closed();
    expect(handled).toBe(1);
  });

  test("two at once are one too many", async () => {
    open().write(request("/api/user").repeat(2));
    await closed();
    expect(handled).toBe(1);
  });

  test("each that waits for the answer before it is answered", async () => {
    open();
    for (let sent = 1; sent <= 50; sent += 1) {
      socket.write(request(sent % 2 ? "/healthz" : "/api/user"));
      const [answer] = await once(socket, "data");
      expect(answer).toContain("HTTP/1.1 200");
      expect(handled).toBe(sent);
    }
    socket.destroy();
  });

  test("one may be sent after a body that was refused before its end", async () => {
    const body = "x".repeat(3_000_000);
    open().write(
      `POST /api/orgs/acme/policygroups HTTP/1.1\r\nhost: x\r\nauthorization: token ${t.token}\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    const [refused] = await once(socket, "data");
    expect(refused).toContain("HTTP/1.1 413");
    socket.write(body);
    socket.write(request("/healthz"));
    const [answer] = await once(socket, "data");
    expect(answer).toContain("HTTP/1.1 200");
    socket.destroy();
  });
});
