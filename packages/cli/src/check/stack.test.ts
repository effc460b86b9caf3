import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError, type Client, JsonText } from "@quillon/contract/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { archiveOf } from "../../../server/src/testing/pack.ts";
import { openByServer } from "./server-secrets.ts";
import { readStack } from "./stack.ts";

let cache: string;
let said: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "quillon-stack-"));
  said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(cache, { recursive: true });
});

const params = { orgName: "acme", projectName: "web", stackName: "dev" };
const base64 = (text: string) => Buffer.from(text).toString("base64");
const secret = (ciphertext: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext,
});
const deployment = {
  secrets_providers: { type: "service" },
  resources: [{ urn: "u", type: "t", inputs: { key: secret("c2VhbGVk") } }],
};

/** A server whose answers are these by the end of their route; an error is thrown. */
function serverWith(answers: Record<string, unknown>): Client {
  const all: Record<string, unknown> = {
    export: { version: 3, deployment },
    tags: { env: "prod" },
    policypacks: { requiredPolicies: [] },
    "batch-decrypt": { plaintexts: { c2VhbGVk: base64('"hunter22"') } },
    ...answers,
  };
  const answer = async (route: string) => {
    const found = all[route.split("/").at(-1) ?? ""];
    if (found instanceof Error) throw found;
    return found;
  };
  const stream = async (route: string) => new Blob([JSON.stringify(await answer(route))]).stream();
  return { call: answer, stream } as unknown as Client;
}

const archive = await archiveOf("runtime: nodejs\n", { "node_modules/@pulumi/pulumi/package.json": "{}" });
const required = {
  name: "names",
  version: 1,
  versionTag: "1.0.0",
  displayName: "",
  packLocation: `data:application/gzip;base64,${archive.toString("base64")}`,
  archiveSha256: createHash("sha256").update(archive).digest("hex"),
};

test("the state comes with its tags, and with the packs as they are configured and excepted for the stack", async () => {
  const config = JsonText.parse('{"two-words":{"least":2,"share":1.50}}');
  const exceptions = { "EXC-1": { reason: "It is old.", match: [{ policies: ["two-words"], targets: ["u"] }] } };
  const server = serverWith({ policypacks: { requiredPolicies: [{ ...required, config, exceptions }] } });
  const { state, tags, packs } = await readStack(server, params, { cache });
  expect(JSON.parse(Buffer.from(state.bytes).toString())).toEqual({ version: 3, deployment });
  expect(state).toMatchObject({ label: "acme/web/dev", secrets: { c2VhbGVk: '"hunter22"' } });
  expect(tags).toEqual({ env: "prod" });
  expect(packs).toEqual([
    {
      directory: join(cache, "packs", required.archiveSha256),
      label: "names 1.0.0",
      required: true,
      config: { "two-words": { least: 2, share: 1.5 } },
      configLabel: "The configuration of names 1.0.0 in the policy groups of acme/web/dev does not fit",
      exceptions,
      version: "1.0.0",
    },
  ]);
  expect(said).toBe("");
});

const elsewhere = new ApiError(400, "stack_elsewhere", "The state is not here.");
test.each<[what: string, answers: Record<string, unknown>, message: RegExp]>([
  [
    "whose state is elsewhere",
    { export: elsewhere },
    /^The state is not here\. To check it, export it there: pulumi stack export \| quillon check - --stack acme\/web\/dev$/,
  ],
  [
    "whose packs are configured with environments",
    { policypacks: { requiredPolicies: [{ ...required, environments: ["web/prod"] }] } },
    /^Policy pack names is configured with Pulumi ESC environments, which only Pulumi Cloud can open/,
  ],
  [
    "that is not there",
    { export: new ApiError(404, "stack_not_found", "Stack acme/web/dev does not exist.") },
    /^Stack acme\/web\/dev does not exist\. A state in a file can .*: quillon check state\.json --stack acme\/web\/dev$/,
  ],
  [
    "whose secrets can't be asked for",
    { "batch-decrypt": new ApiError(503, "database_unavailable", "Not now.") },
    /^Not now\.$/,
  ],
])("a stack %s is not checked", async (_, answers, message) => {
  await expect(readStack(serverWith(answers), params, { cache })).rejects.toThrow(message);
});

describe("a state in a file", () => {
  const known = { export: new Error("The state of the server was asked for.") };
  const refusedStack = new ApiError(404, "stack_not_found", "Stack acme/web/dev does not exist.");
  let file: string;
  beforeEach(() => {
    file = join(cache, "state.json");
    writeFileSync(file, JSON.stringify({ version: 3, deployment }));
  });

  test("is held against what the server says of the stack, which opens its secrets where it has encrypted them", async () => {
    const server = serverWith({ ...known, policypacks: { requiredPolicies: [required] } });
    const { state, tags, packs } = await readStack(server, params, { cache, file });
    expect(state).toMatchObject({ file, label: file, secrets: { c2VhbGVk: '"hunter22"' } });
    expect(tags).toEqual({ env: "prod" });
    expect(packs).toMatchObject([{ label: "names 1.0.0", required: true }]);
  });

  test("keeps secrets closed of which the server has no key", async () => {
    const elsewhere = new ApiError(400, "stack_elsewhere", "The state is not here.");
    const server = serverWith({ ...known, "batch-decrypt": elsewhere });
    const { state } = await readStack(server, params, { cache, file });
    expect(state.secrets).toEqual({});
    expect(said).toContain(
      `Of the secrets in ${file}, 1 can't be opened by the server (it has no key of a stack whose state is elsewhere).`,
    );
  });

  test("of a stack that the server does not know is held against what a new one would have to run", async () => {
    const asked: unknown[] = [];
    const client = {
      async call(route: string, { query }: { query?: unknown }) {
        if (!route.endsWith("/elsewhere/policypacks")) throw refusedStack;
        asked.push(query);
        return { requiredPolicies: [required] };
      },
    } as unknown as Client;
    const { state, tags, packs } = await readStack(client, params, { cache, file });
    expect(asked).toEqual([{ project: "web", stack: "dev" }]);
    expect(state).toMatchObject({ file, secrets: {} });
    expect(tags).toEqual({});
    expect(packs).toMatchObject([{ label: "names 1.0.0", required: true }]);
    expect(said).toContain("Quillon knows no stack acme/web/dev that you may read.");
  });
});

test("a secret that the server can't open is left closed, and told", async () => {
  const refused = new ApiError(400, "ciphertext_invalid", "It is damaged.");
  const { state } = await readStack(serverWith({ "batch-decrypt": refused }), params, { cache });
  expect(state.secrets).toEqual({});
  expect(said).toBe(
    "Of the secrets in acme/web/dev, 1 can't be opened by the server (It is damaged). Policies that read one of them are not evaluated there.\n",
  );
});

/** A server that can't open ciphertexts which begin with `bad`, and what it was asked for. */
function openingServer(refusal = new ApiError(400, "ciphertext_invalid", "It is damaged.")) {
  const asked: string[][] = [];
  const call = async (_: string, { body }: { body: { ciphertexts: string[] } }) => {
    asked.push(body.ciphertexts);
    if (body.ciphertexts.some((one) => one.startsWith("bad"))) throw refusal;
    return { plaintexts: Object.fromEntries(body.ciphertexts.map((one) => [one, base64(`"${one}"`)])) };
  };
  return { asked, client: { call } as unknown as Client };
}

test("secrets are asked for in batches, and in halves of a batch that is refused, so that only what can't be opened stays closed", async () => {
  const { asked, client } = openingServer();
  const texts = ["aaaa", "bbbb", "bad1", "cccc", "dddd", "long-enough-for-three"];
  const opened = await openByServer(client, params, texts, 12);
  expect(asked).toEqual([
    ["aaaa", "bbbb", "bad1"],
    ["aaaa", "bbbb"],
    ["bad1"],
    ["cccc", "dddd"],
    ["long-enough-for-three"],
  ]);
  const good = texts.filter((one) => one !== "bad1");
  expect(opened).toEqual({
    secrets: Object.fromEntries(good.map((one) => [one, `"${one}"`])),
    closed: 1,
    how: "by the server (It is damaged)",
  });
});

test("where the server can open nothing, it is not asked for each value", async () => {
  const { asked, client } = openingServer();
  const texts = Array.from({ length: 5000 }, (_, n) => `bad${n}`);
  expect(await openByServer(client, params, [...texts, "good"])).toMatchObject({ secrets: {}, closed: 5001 });
  expect(asked.length).toBe(201);
});

test.each([
  ["stack_elsewhere", 1],
  ["invalid_input", 2],
])("where it refuses a request of secrets with %s, that one is not asked again", async (id, requests) => {
  const { asked, client } = openingServer(new ApiError(400, id, "No."));
  expect(await openByServer(client, params, ["bad1", "bad2", "bad3"], 8)).toMatchObject({ secrets: {}, closed: 3 });
  expect(asked.length).toBe(requests);
});
