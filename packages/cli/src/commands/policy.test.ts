import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { archiveOf } from "../../../server/src/testing/pack.ts";
import { programFor } from "../program.ts";

const pack = { displayName: "", stacks: 1, policyGroups: [{ name: "production", versionTag: "1.2.0" }] };
const newest = { version: 2, versionTag: "1.2.0", policies: 1 };
const VERSIONS = "/api/quillon/orgs/acme/policypacks/aws/versions";
const group = {
  name: "web",
  isOrgDefault: false,
  mode: "preventative",
  stacks: [],
  accounts: [],
  appliedPolicyPacks: [],
};
const bundle = await archiveOf(undefined, { "node_modules/@pulumi/pulumi/package.json": "{}" });
const archiveSha256 = createHash("sha256").update(bundle).digest("hex");
const packLocation = `data:application/gzip;base64,${bundle.toString("base64")}`;
const ANSWERS: Record<string, object> = {
  [`${VERSIONS}/1.0.0/config/problems`]: { problems: [] },
  [`${VERSIONS}/1.2.0/config/problems`]: {
    problems: [
      { policy: "gone", property: "", message: "there is no such policy in the pack" },
      { policy: "few", property: "most", message: "must be at least 1" },
    ],
  },
  "/api/orgs/acme/policygroups": {
    policyGroups: [
      { name: "web", isOrgDefault: false, numStacks: 3, numAccounts: 0, mode: "audit", numEnabledPolicyPacks: 2 },
    ],
  },
  "/api/orgs/acme/policygroups/web": group,
  "/api/orgs/acme/policygroups/web/stacks": { stacks: [] },
  "/api/orgs/acme/policygroups/web/stacks?source=rule": { stacks: [{ routingProject: "web", name: "dev" }] },
  "/api/orgs/acme/policygroups/web2": { ...group, name: "web2" },
  "/api/orgs/acme/policygroups/web2/stacks": { stacks: [] },
  "/api/stacks/acme/web/dev/policypacks": { requiredPolicies: [] },
  "/api/stacks/acme/web/prod/policypacks": {
    requiredPolicies: [{ name: "aws", versionTag: "1.2.0", archiveSha256, packLocation }],
  },
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
  process.exitCode = 0;
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
    "Policy group default-policy-group has the newest version of aws now. To give it each later one, too: quillon group pack follow default-policy-group aws --org acme",
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

function configFile(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), "quillon-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "config.json");
  writeFileSync(path, content);
  return path;
}

const validate = (version: string, file: string) => `policy validate-config acme/aws ${version} --config ${file}`;

test("quillon policy validate-config sends what enabling would, and says that it is valid", async () => {
  await run(validate("1.0.0", configFile('{"all":"advisory"}')));
  const config = { all: { enforcementLevel: "advisory" } };
  expect(asked).toEqual([[`POST ${VERSIONS}/1.0.0/config/problems`, { config }]]);
  expect(printed).toBe("Policy Pack configuration is valid.\n");
});

test("quillon policy validate-config says each thing that is wrong on a line", async () => {
  const file = configFile("{}");
  await expect(run(validate("1.2.0", file))).rejects.toThrow(
    `The configuration ${file} does not fit policy pack acme/aws 1.2.0:\n  gone: there is no such policy in the pack\n  few: most: must be at least 1\n`,
  );
  expect(printed).toBe("");
});

test.each([
  ["1.0.0", true, 0, 0],
  ["1.2.0", false, 2, 1],
])("quillon policy validate-config --output json of %s", async (version, valid, problems, code) => {
  await run(`${validate(version, configFile("{}"))} --output json`);
  const { problems: found, ...facts } = JSON.parse(printed);
  expect(facts).toEqual({ organizationName: "acme", name: "aws", versionTag: version, valid });
  expect(found).toHaveLength(problems);
  expect(process.exitCode).toBe(code);
});

test.each([
  ["[1]", "must be a JSON object"],
  ["{", "is not JSON"],
])("quillon policy validate-config refuses a file with %s, and asks nothing", async (content, message) => {
  await expect(run(validate("1.0.0", configFile(content)))).rejects.toThrow(message);
  await expect(run(validate("1.0.0", "/nowhere/config.json"))).rejects.toThrow("there is no such file");
  expect(asked).toEqual([]);
});

const GROUPS = "/api/orgs/acme/policygroups";
const WEB = [[`GET ${GROUPS}/web`], [`GET ${GROUPS}/web/stacks`]];
const tag = (key: string, kind: string) => ({
  __type: "PermissionExpressionHasTag",
  context: { __type: `PermissionExpression${kind}` },
  key,
});
test.each<[line: string, requests: unknown[]]>([
  ["policy group get web --org acme", WEB],
  ["policy group new web --org acme --mode audit --yes", [[`POST ${GROUPS}`, { name: "web", mode: "audit" }], ...WEB]],
  [
    "policy group create web --org acme --account-rule env --agent-pool-id p",
    [[`POST ${GROUPS}`, { name: "web", accountMatchRule: tag("env", "InsightsAccount"), agentPoolId: "p" }], ...WEB],
  ],
  [
    "policy group edit web --org acme --add-stack web/a --add-stack web/b --remove-stack web/c --add-policy-pack aws@1.2.0 --remove-policy-pack gcp --add-insights-account x --remove-insights-account y",
    [
      [
        `PATCH ${GROUPS}/web/batch`,
        [
          { addStack: { name: "a", routingProject: "web" } },
          { addStack: { name: "b", routingProject: "web" } },
          { removeStack: { name: "c", routingProject: "web" } },
          { addPolicyPack: { name: "aws", versionTag: "1.2.0" } },
          { removePolicyPack: { name: "gcp", versionTag: "" } },
          { addInsightsAccount: { name: "x" } },
          { removeInsightsAccount: { name: "y" } },
        ],
      ],
      ...WEB,
    ],
  ],
  [
    "policy group update web --add-stack acme/web/prod --remove-stack web/dev",
    [
      [
        `PATCH ${GROUPS}/web/batch`,
        [
          { addStack: { name: "prod", routingProject: "web" } },
          { removeStack: { name: "dev", routingProject: "web" } },
        ],
      ],
      ...WEB,
    ],
  ],
  [
    "policy group update web --org acme --name web2",
    [[`PATCH ${GROUPS}/web/batch`, [{ newName: "web2" }]], [`GET ${GROUPS}/web2`], [`GET ${GROUPS}/web2/stacks`]],
  ],
  ["policy group remove web --org acme --yes", [[`DELETE ${GROUPS}/web`]]],
  ["policy group rm web --org acme -y", [[`DELETE ${GROUPS}/web`]]],
])("quillon %s", async (line, requests) => {
  await run(line);
  expect(asked).toEqual(requests);
});

test("the rules of a policy group are set and removed", async () => {
  await run("policy group edit web --org acme --stack-rule team --account-rule=");
  expect(asked[0]).toEqual([
    `PATCH ${GROUPS}/web/batch`,
    [{ stackMatchRule: tag("team", "Stack") }, { removeAccountMatchRule: true }],
  ]);
  expect(said).toContain("its rule takes in web/dev now.");
});

test.each([
  ["policy group edit web --org acme", "Nothing to change: name at least one option."],
  ["policy group edit web --org acme --add-stack a", "write PROJECT/STACK"],
  ["policy group remove web --org acme", "Nobody can be asked whether to remove policy group web: do it with --yes."],
])("quillon %s changes nothing", async (line, message) => {
  await expect(run(line)).rejects.toThrow(message);
  expect(asked).toEqual([]);
});

test.each(["policy group ls acme", "policy group list"])(
  "quillon %s has the columns of the Pulumi CLI",
  async (line) => {
    await run(line);
    expect(printed.split("\n").map((row) => row.split(/ {2,}/))).toEqual([
      ["NAME", "DEFAULT", "ENABLED POLICY PACKS", "STACKS", "ACCOUNTS", "MODE"],
      ["web", "N", "2", "3", "0", "audit"],
      [""],
    ]);
  },
);

test.each(["policy group ls acme --output json", "policy group ls acme -j"])(
  "quillon %s has the fields of the Pulumi CLI among its own",
  async (line) => {
    await run(line);
    expect(JSON.parse(printed)).toMatchObject([
      { name: "web", default: false, numPolicyPacks: 2, numStacks: 3, numAccounts: 0, mode: "audit" },
    ]);
  },
);

test("quillon policy install says that a stack must run nothing", async () => {
  await run("policy install --stack acme/web/dev");
  expect(asked).toEqual([["GET /api/stacks/acme/web/dev/policypacks"]]);
  expect(said).toBe("Stack acme/web/dev must run no policy pack.\n");
});

test("quillon policy install leaves each pack that the stack must run in the cache", async () => {
  const cache = mkdtempSync(join(tmpdir(), "quillon-install-"));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  vi.stubEnv("XDG_CACHE_HOME", cache);
  await run("policy install --stack web/prod");
  const folder = join(cache, "quillon", "packs", archiveSha256);
  expect(said).toBe(`aws 1.2.0 is in ${folder}.\nInstalled all policy packs that acme/web/prod must run.\n`);
  expect(existsSync(join(folder, "PulumiPolicy.yaml"))).toBe(true);
});
