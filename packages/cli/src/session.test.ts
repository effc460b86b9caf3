import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@quillon/contract/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "./session.ts";

let home: string;
let server: Server;
let url: string;
/** The Authorization header of each request that came. */
const seen: (string | undefined)[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "quillon-session-"));
  server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.setHeader("x-pulumi-warning", "It has no effect yet.");
    response.end(JSON.stringify({ url: request.url }));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(home, { recursive: true });
});

const logIn = (content: unknown) => writeFile(join(home, "credentials.json"), JSON.stringify(content));

test("the login of the Pulumi CLI is used", async () => {
  await logIn({ current: url, accounts: { [url]: { accessToken: "stored" } } });
  await (await signIn({ PULUMI_HOME: home })).call("GET /api/user", {});
  expect(seen.at(-1)).toBe("token stored");
});

test("environment variables win over it", async () => {
  await logIn({ current: "http://elsewhere.invalid", accounts: {} });
  const client = await signIn({ PULUMI_HOME: home, PULUMI_BACKEND_URL: url, PULUMI_ACCESS_TOKEN: "given" });
  await client.call("GET /api/user", {});
  expect(seen.at(-1)).toBe("token given");
});

test("what the server warns of is told, and each value of a query is sent", async () => {
  const warnings: string[] = [];
  const answer = await connect(url, "t", (warning) => warnings.push(warning)).call(
    "GET /api/orgs/{orgName}/policy/exceptions",
    { params: { orgName: "acme" }, query: { status: ["active", "removed"], maxResults: 7 } },
  );
  expect(warnings).toEqual(["It has no effect yet."]);
  expect(answer).toEqual({ url: "/api/orgs/acme/policy/exceptions?status=active&status=removed&maxResults=7" });
});

test.each([
  ["nothing stored", {}],
  ["a backend that is no service", { current: "file://~", accounts: {} }],
  ["no token for the current backend", { current: "http://x.invalid", accounts: {} }],
])("%s says how to log in", async (_, content) => {
  await logIn(content);
  await expect(signIn({ PULUMI_HOME: home })).rejects.toThrow("pulumi login URL");
});
