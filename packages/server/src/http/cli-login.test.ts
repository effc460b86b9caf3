import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test, vi } from "vitest";
import { cliLoginOf, listenForCliLogin } from "./cli-login.ts";

test.each([
  [
    { listen: { host: "127.0.0.1", port: 8080 }, cliLoginPort: 3000 },
    { host: "127.0.0.1", port: 3000, console: "http://localhost:8080" },
  ],
  [
    { listen: { host: "0.0.0.0", port: 8080 }, cliLoginPort: 3001 },
    { host: "0.0.0.0", port: 3001, console: "http://localhost:8080" },
  ],
  [
    { listen: { host: "::", port: 8080 }, cliLoginPort: 3000, publicUrl: "https://quillon.example" },
    { host: "::", port: 3000, console: "https://quillon.example" },
  ],
  [{ listen: { host: "127.0.0.1", port: 8080 }, cliLoginPort: 0 }, undefined],
  [{ listen: { host: "127.0.0.1", port: 8081 }, cliLoginPort: 3000 }, undefined],
])("with %j the CLI's browser log-in is answered at %j", (settings, expected) => {
  expect(cliLoginOf(settings)).toEqual(expected);
});

test("a browser is sent on to the same path of the console", async () => {
  const at = { host: "127.0.0.1", port: 0, console: "http://localhost:8080" };
  const server = await listenForCliLogin(at, { warn: vi.fn() });
  const answer = await fetch(`http://127.0.0.1:${server?.port}/cli-login?cliSessionPort=1`, { redirect: "manual" });
  await server?.close();
  expect(answer.status).toBe(302);
  expect(answer.headers.get("location")).toBe("http://localhost:8080/cli-login?cliSessionPort=1");
});

test("a port that is taken is only a warning", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const warn = vi.fn();
  expect(
    await listenForCliLogin({ host: "127.0.0.1", port, console: "http://localhost:8080" }, { warn }),
  ).toBeUndefined();
  other.close();
  expect(warn).toHaveBeenCalledWith(expect.anything(), expect.stringContaining("--cli-login-port 0"));
});
