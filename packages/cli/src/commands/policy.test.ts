import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { programFor } from "../program.ts";

const pack = { displayName: "", stacks: 1, policyGroups: [{ name: "production", versionTag: "1.2.0" }] };
const newest = { version: 2, versionTag: "1.2.0", policies: 1 };
const ANSWERS: Record<string, object> = {
  "/api/user/organizations/default": { GitHubLogin: "acme" },
  "/api/orgs/acme/policypacks": {
    policyPacks: [{ name: "aws", displayName: "", versions: [1, 2], versionTags: ["1.0.0", "1.2.0"] }],
  },
  "/api/quillon/orgs/acme/policypacks": {
    policyPacks: [{ ...pack, name: "aws", versions: 2, newest }],
    continuationToken: "aws",
  },
  // Published since.
  "/api/quillon/orgs/acme/policypacks?continuationToken=aws": {
    policyPacks: [{ ...pack, name: "new", versions: 1, newest, policyGroups: [] }],
  },
};

let server: Server;
let asked: unknown[];
let said: string;
let printed: string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await text(request);
    asked.push([`${request.method} ${request.url}`, ...(body ? [JSON.parse(body)] : [])]);
    response.end(JSON.stringify(ANSWERS[request.url ?? ""] ?? {}));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterAll(() => server.close());
beforeEach(() => {
  asked = [];
  said = "";
  printed = "";
  vi.stubEnv("QUILLON_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("QUILLON_TOKEN", "t");
  vi.spyOn(process.stdout, "write").mockImplementation((words) => {
    printed += words;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((words) => {
    said += words;
    return true;
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function run(line: string): Promise<void> {
  const words = line.split(" ");
  await (await programFor(words)).parseAsync(words, { from: "user" });
}

const DEFAULT = "PATCH /api/orgs/acme/policygroups/default-policy-group";
const PRODUCTION = "PATCH /api/orgs/acme/policygroups/production";
const PACK = "DELETE /api/orgs/acme/policypacks/aws";

test.each<[line: string, request: unknown[], says: string]>([
  [
    "policy enable acme/aws latest",
    [DEFAULT, { addPolicyPack: { name: "aws", versionTag: "" } }],
    "Policy group default-policy-group has the newest version of aws now.",
  ],
  [
    "policy enable acme/aws 1.2.0 --policy-group production --config /dev/null",
    [PRODUCTION, { addPolicyPack: { name: "aws", versionTag: "1.2.0", config: {} } }],
    "Policy group production has aws@1.2.0 now.",
  ],
  [
    "policy disable acme/aws",
    [DEFAULT, { removePolicyPack: { name: "aws", versionTag: "" } }],
    "Policy group default-policy-group does not have aws any more.",
  ],
  [
    "policy disable acme/aws --policy-group production --version 1.2.0",
    [PRODUCTION, { removePolicyPack: { name: "aws", versionTag: "1.2.0" } }],
    "Policy group production does not have aws any more.",
  ],
  ["policy rm acme/aws all --yes", [PACK], "Removed all versions of policy pack acme/aws."],
  ["policy remove acme/aws 1.2.0 -y", [`${PACK}/versions/1.2.0`], "Removed version 1.2.0 of policy pack acme/aws."],
])("quillon %s", async (line, request, says) => {
  await run(line);
  expect(asked).toEqual([request]);
  expect(said).toBe(`${says}\n`);
});

test("without an organization it is the default one", async () => {
  await run("policy enable aws latest");
  expect(asked).toEqual([["GET /api/user/organizations/default"], [DEFAULT, expect.anything()]]);
});

test("nothing is removed when nobody can be asked", async () => {
  await expect(run("policy rm acme/aws all")).rejects.toThrow(
    "Nobody can be asked whether to remove all versions of policy pack acme/aws for ever: do it with --yes.",
  );
  expect(asked).toEqual([]);
});

test("quillon policy ls has the columns of the Pulumi CLI before its own", async () => {
  await run("policy ls acme");
  expect(printed.split("\n").map((line) => line.split(/ {2,}/).map((cell) => cell.trim()))).toEqual([
    ["NAME", "VERSIONS", "NEEDS", "ENABLED IN"],
    ["aws", "1.0.0, 1.2.0", "not known", "production@1.2.0"],
    ["new", "1.2.0", "not known"],
    [""],
  ]);
});

test.each(["policy ls acme --json", "policy list -j", "policy ls --output json"])(
  "quillon %s has the fields of the Pulumi CLI among its own",
  async (line) => {
    await run(line);
    expect(JSON.parse(printed)).toMatchObject([
      { name: "aws", versions: ["1.0.0", "1.2.0"], newest },
      { name: "new", versions: ["1.2.0"], newest },
    ]);
  },
);
