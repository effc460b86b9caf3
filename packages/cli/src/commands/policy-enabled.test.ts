import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { programFor } from "../program.ts";

let server: Server;
let asked: unknown[];
let said: string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await text(request);
    asked.push([`${request.method} ${request.url}`, ...(body ? [JSON.parse(body)] : [])]);
    response.end(request.url?.endsWith("/default") ? '{"GitHubLogin":"acme"}' : "{}");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterAll(() => server.close());
beforeEach(() => {
  asked = [];
  said = "";
  vi.stubEnv("QUILLON_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("QUILLON_TOKEN", "t");
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
