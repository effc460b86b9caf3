import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { connect } from "./client.ts";

let server: Server;
afterEach(() => server.close());

async function answering(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const group = { params: { orgName: "acme", policyGroup: "web" } };
const GET = "GET /api/orgs/{orgName}/policygroups/{policyGroup}";
const PATCH = "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}";

test("a group is changed with the ETag that it was read with", async () => {
  const seen: unknown[] = [];
  const url = await answering((request, response) => {
    seen.push([request.method, request.headers["if-match"], request.headers["content-type"]]);
    response.setHeader("etag", '"7"').end(JSON.stringify({ name: "web" }));
  });
  const client = connect(url);
  const { reply, etag } = await client.tagged(GET, group);
  expect(reply).toEqual({ name: "web" });
  await client.call(PATCH, { ...group, body: { newName: "shop" }, headers: { "if-match": etag } });
  expect(seen).toEqual([
    ["GET", undefined, undefined],
    ["PATCH", '"7"', "application/json"],
  ]);
});

test("an error has its details, and a warning its route", async () => {
  const errors = [{ resource: "owner", attribute: "team", errorType: "custom", customMessage: "is required" }];
  const url = await answering(({ method }, response) => {
    if (method === "PATCH") response.writeHead(400).end(JSON.stringify({ code: 400, message: "no", id: "x", errors }));
    else response.setHeader("x-pulumi-warning", "It is kept.").end("{}");
  });
  const warned: string[] = [];
  const client = connect(url, "t", (warning, route) => warned.push(`${route}: ${warning}`));
  await client.call(GET, group);
  expect(warned).toEqual([`${GET}: It is kept.`]);
  await expect(client.call(PATCH, { ...group, body: {} })).rejects.toMatchObject({
    status: 400,
    id: "x",
    message: "no",
    details: errors,
  });
});

test.each([
  [200, "<!doctype html><title>Sign in</title>", ' is not Quillon, but a web page, "Sign in". An address'],
  [403, "<html>Sign in</html>", " is not Quillon, but a web page. An address"],
  [
    403,
    '{"error":"forbidden"}',
    'is not Quillon. Is there a proxy, or another server at its address? It said: {"error":"forbidden"}',
  ],
  [403, "null", "It said: null"],
])("what answers %s with %s is not the server", async (status, text, told) => {
  const url = await answering((_, response) => response.writeHead(status).end(text));
  const error = await connect(url)
    .call(GET, group)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ status, id: "unknown", message: expect.stringContaining(told) });
});
