import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "@quillon/contract/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Credentials } from "./credentials.ts";
import { clientOf, findSession, serverAt } from "./session.ts";

const Q = "https://quillon.example.com";
const OTHER = "https://other.example.com";
const account = (url: string) => ({ [url]: { accessToken: `stored for ${url}` } });
const both = { ...account(Q), ...account(OTHER) };
const BUCKET = "s3://states";

/** The environment, the Pulumi CLI's file, the server that `quillon login` was for, and what is used: `URL TOKEN BY`. */
const cases: [
  name: string,
  env: Record<string, string>,
  credentials: Credentials,
  server: string | undefined,
  used: string,
][] = [
  [
    "an address that ends in slashes",
    { QUILLON_URL: `${Q}//`, QUILLON_TOKEN: "t" },
    {},
    undefined,
    `${Q} t QUILLON_URL`,
  ],
  ["an empty address of ours, as of none", { QUILLON_URL: "" }, { current: OTHER, accounts: both }, undefined, OTHER],
  ["our variables", { QUILLON_URL: `${Q}/`, QUILLON_TOKEN: "t" }, {}, undefined, `${Q} t QUILLON_URL`],
  ["a token with a line break", { QUILLON_URL: Q, QUILLON_TOKEN: "t\n" }, {}, undefined, `${Q} t QUILLON_URL`],
  ["our token with a line break", { QUILLON_TOKEN: "t\n" }, {}, Q, `${Q} t QUILLON_TOKEN`],
  [
    "the Pulumi CLI's token with a line break",
    { PULUMI_ACCESS_TOKEN: "u\r\n" },
    { current: OTHER },
    undefined,
    `${OTHER} u PULUMI_ACCESS_TOKEN`,
  ],
  [
    "our variables before the Pulumi CLI's",
    { QUILLON_URL: Q, QUILLON_TOKEN: "t", PULUMI_BACKEND_URL: OTHER, PULUMI_ACCESS_TOKEN: "u" },
    {},
    OTHER,
    `${Q} t QUILLON_URL`,
  ],
  [
    "a stored token for our variable",
    { QUILLON_URL: Q },
    { accounts: both },
    OTHER,
    `${Q} stored for ${Q} QUILLON_URL`,
  ],
  [
    "our token for the remembered server",
    { QUILLON_TOKEN: "t" },
    { current: OTHER, accounts: both },
    Q,
    `${Q} t QUILLON_TOKEN`,
  ],
  [
    "our token goes nowhere else",
    { QUILLON_TOKEN: "t", PULUMI_BACKEND_URL: OTHER },
    { current: OTHER },
    undefined,
    "set QUILLON_URL, too",
  ],
  ["a URL that is none", { QUILLON_URL: "quillon", QUILLON_TOKEN: "t" }, {}, undefined, "must begin with http"],
  [
    "the Pulumi CLI's variables",
    { PULUMI_BACKEND_URL: OTHER, PULUMI_ACCESS_TOKEN: "u" },
    { current: Q, accounts: both },
    Q,
    `${OTHER} u PULUMI_BACKEND_URL`,
  ],
  [
    "a stored token for the Pulumi CLI's variable",
    { PULUMI_BACKEND_URL: OTHER },
    { accounts: both },
    Q,
    `${OTHER} stored for ${OTHER} PULUMI_BACKEND_URL`,
  ],
  [
    "no token for the Pulumi CLI's variable",
    { PULUMI_BACKEND_URL: OTHER },
    { accounts: account(Q) },
    Q,
    `Not logged in to ${OTHER}: run \`quillon login`,
  ],
  [
    "a backend that is no service, and a remembered server",
    { PULUMI_BACKEND_URL: BUCKET, PULUMI_ACCESS_TOKEN: "u" },
    { current: BUCKET, accounts: both },
    Q,
    `${Q} stored for ${Q} quillon login`,
  ],
  [
    "the remembered server, while the CLI is elsewhere",
    { PULUMI_ACCESS_TOKEN: "u" },
    { current: OTHER, accounts: both },
    Q,
    `${Q} stored for ${Q} quillon login`,
  ],
  [
    "a remembered server whose login is gone",
    {},
    { current: OTHER, accounts: account(OTHER) },
    Q,
    `${OTHER} stored for ${OTHER} pulumi login`,
  ],
  [
    "the Pulumi CLI's login",
    {},
    { current: OTHER, accounts: both },
    undefined,
    `${OTHER} stored for ${OTHER} pulumi login`,
  ],
  [
    "another token for the Pulumi CLI's login",
    { PULUMI_ACCESS_TOKEN: "u" },
    { current: OTHER },
    undefined,
    `${OTHER} u PULUMI_ACCESS_TOKEN`,
  ],
  ["nothing", {}, {}, undefined, "Not logged in: run `quillon login URL`"],
  [
    "only a backend that is no service",
    {},
    { current: "file://~", accounts: { "file://~": {} } },
    undefined,
    "Not logged in: run",
  ],
  ["no token for the CLI's login", {}, { current: OTHER }, undefined, `Not logged in to ${OTHER}`],
];

test.each(cases)("signs in by %s", async (...[, env, credentials, server, used]) => {
  const read = async () => ({ credentials, remembered: server === undefined ? {} : { server } });
  const found = findSession(env, read).then(
    ({ url, token, by }) => `${url} ${token} ${by}`,
    (error: Error) => error.message,
  );
  expect(await found).toContain(used);
});

test("what is stored is not read where the environment says all, because it may be encrypted", async () => {
  const read = () => Promise.reject(new Error("was read"));
  const env = { PULUMI_BACKEND_URL: Q, PULUMI_ACCESS_TOKEN: "t" };
  expect(await findSession(env, read)).toEqual({ url: Q, token: "t", by: "PULUMI_BACKEND_URL" });
  await expect(findSession({}, read)).rejects.toThrow("was read");
});

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader("x-pulumi-warning", "It has no effect yet.");
    response.end(JSON.stringify({ url: request.url, sent: request.headers.authorization }));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test("what the server warns of is told, and each value of a query is sent", async () => {
  const warnings: string[] = [];
  const answer = await connect(url, "t", (warning) => warnings.push(warning)).call(
    "GET /api/orgs/{orgName}/policy/exceptions",
    { params: { orgName: "acme" }, query: { status: ["active", "removed"], maxResults: 7 } },
  );
  expect(warnings).toEqual(["It has no effect yet."]);
  const asked = "/api/orgs/acme/policy/exceptions?status=active&status=removed&maxResults=7";
  expect(answer).toEqual({ url: asked, sent: "token t" });
});

test.each([
  ["an address that is none", { url: "https://[bad", token: "t" }, "https://[bad is no address of a server."],
  [
    "an address with a password",
    { url: "https://ann:secret@quillon.example.com", token: "t" },
    "Leave the user name and the password out of the address of quillon.example.com.",
  ],
  ["an address of a search", { url: `${Q}/?a=b`, token: "t" }, "Leave what begins with ? or # out of the address of q"],
  [
    "a token of two lines",
    { url: Q, token: "one\ntwo" },
    `The access token for ${Q} has a character that no access token has`,
  ],
  ["a token in other letters", { url: Q, token: "caf\u00e9\u20ac" }, `The access token for ${Q} has a character`],
])("%s is told as such", (_, session, message) => {
  expect(() => clientOf(session)).toThrow(message);
});

test("an address with a password is refused before any message shows it", async () => {
  const url = "https://ann:secret@quillon.example.com";
  const stored = { remembered: {}, credentials: { current: url, accounts: { [url]: { accessToken: "t" } } } };
  const told = /^Leave the user name and the password out of the address of quillon\.example\.com\. [^@]*$/;
  await expect(findSession({ QUILLON_URL: url }, async () => stored)).rejects.toThrow(told);
  await expect(findSession({ QUILLON_URL: url, QUILLON_TOKEN: "t" })).rejects.toThrow(told);
  await expect(findSession({}, async () => stored)).rejects.toThrow(told);
  expect(() => serverAt(url)).toThrow(told);
});
