import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";

describe.each(engines.slice(0, 1))("a request that HTTP does not allow", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await t.app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(() => t.close());

  const send = async (request: string) => {
    const socket = connect((t.app.server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
    socket.write(request);
    const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
    return { head, body: JSON.parse(body) };
  };

  test.each([
    [
      "with headers that are too large",
      `GET /healthz HTTP/1.1\r\nx: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      "headers_too_large",
    ],
    ["with a URL that is too long", `GET /${"x".repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 431, "headers_too_large"],
    ["of another protocol", "HELO there\r\n\r\n", 400, "bad_request"],
  ])("is refused in the form of all errors: one %s", async (_, request, code, id) => {
    const { head, body } = await send(request);
    expect(head).toContain(`HTTP/1.1 ${code} `);
    expect(body).toEqual({ code, id, message: expect.stringMatching(/\.$/) });
  });

  test("is refused when its headers do not come in time", async () => {
    const accepted = once(t.app.server, "connection");
    const socket = connect((t.app.server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
    // As Node.js says after a minute.
    const late = Object.assign(new Error("Request timeout"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
    t.app.server.emit("clientError", late, (await accepted)[0]);
    const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
    expect(head).toContain("HTTP/1.1 408 ");
    expect(JSON.parse(body)).toMatchObject({ code: 408, id: "headers_too_slow" });
  });
});
