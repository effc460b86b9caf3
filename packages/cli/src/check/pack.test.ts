import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildSdk } from "../../../sdk/build.ts";
import { type PackToRun, runPack } from "./pack.ts";

const MODULES = join(import.meta.dirname, "../../../../node_modules");
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const secret = (content: object) => ({ [SIGNATURE]: SECRET, ...content });

let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "quillon-check-"));
  mkdirSync(join(dir, "node_modules/@quillon"), { recursive: true });
  mkdirSync(join(dir, "node_modules/@pulumi"));
  await buildSdk({ dist: join(dir, "node_modules/@quillon/policy"), declarations: false });
  for (const name of ["@pulumi/pulumi", "@pulumi/policy"])
    symlinkSync(join(MODULES, name), join(dir, "node_modules", name));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const urnOf = (name: string, type = "aws:s3/bucket:Bucket") => `urn:pulumi:dev::web::${type}::${name}`;
const root = urnOf("web-dev", "pulumi:pulumi:Stack");
const state = JSON.stringify({
  version: 3,
  deployment: {
    resources: [
      { urn: root, type: "pulumi:pulumi:Stack" },
      {
        urn: urnOf("logs"),
        type: "aws:s3/bucket:Bucket",
        inputs: { acl: "public" },
        outputs: { acl: "private", id: 1 },
      },
      {
        urn: urnOf("pages"),
        type: "aws:s3/bucket:Bucket",
        inputs: { acl: "private", key: secret({ plaintext: '"hunter22"' }) },
      },
      { urn: urnOf("old"), type: "aws:s3/bucket:Bucket", inputs: { acl: "public" }, delete: true },
      {
        urn: urnOf("closed"),
        type: "aws:s3/bucket:Bucket",
        inputs: { acl: "private", key: secret({ ciphertext: "c" }) },
      },
    ],
  },
});

/** Lays a pack. @param yaml empty for a folder without a PulumiPolicy.yaml. */
function lay(name: string, code: string, yaml = "runtime: nodejs\n", main = "index.js"): PackToRun {
  const directory = join(dir, name);
  mkdirSync(directory);
  if (yaml !== "") writeFileSync(join(directory, "PulumiPolicy.yaml"), yaml);
  writeFileSync(
    join(directory, "package.json"),
    JSON.stringify({ name, version: "1.0.0", main, dependencies: { [sdkOf(code)]: "*" } }),
  );
  writeFileSync(join(directory, main), code);
  return { directory, label: name, required: false, config: {}, configLabel: "c.json", exceptions: {} };
}

const sdkOf = (code: string) => /@\w+\/policy/.exec(code)?.[0] ?? "none";

const run = (from: PackToRun, { bytes = state, seconds = 60 } = {}) =>
  runPack(from, { bytes: Buffer.from(bytes), label: "state.json" }, { secrets: {}, stackTags: {} }, seconds);

const policies = `[
  { name: "private", description: "Buckets are private.", enforcementLevel: "mandatory", severity: "high", url: "https://a.example",
    validateResource: ({ type, props, notApplicable }, report) => {
      if (!type.startsWith("aws:")) notApplicable("Only buckets.");
      if (props.acl !== "private") report("It is " + props.acl + ".");
    } },
  { name: "keys", description: "No key is short.", validateResource: ({ props }, report) => {
      if (props.key?.length < 12) report("It is " + props.key + ".");
    } },
  { name: "off", description: "Never runs.", enforcementLevel: "disabled", validateResource: () => { throw new Error("It runs."); } },
  { name: "few", description: "A stack has few.", configSchema: { properties: { most: { type: "integer", default: 1 } } },
    validateStack: ({ resources, getConfig }, report) => {
      const ids = resources.filter(({ props }) => props.id === 1).length;
      if (resources.length > getConfig().most) report(resources.length + " resources, " + ids + " id.");
    } },
]`;
const packOn = (sdk: string, name: string) =>
  `console.log("noise"); const { PolicyPack } = require("${sdk}"); console.log("more");\nnew PolicyPack("${name}", { policies: ${policies} });`;

/** Pulumi's runner prints what a pack prints before it has loaded its SDK. */
const quiet = (code: string) => code.replaceAll(/console\.log\("\w+"\);/g, "");

/** As both SDKs answer. */
const found = [
  ["violated", "private", "mandatory", "logs", "Buckets are private.\nIt is public."],
  ["violated", "keys", "advisory", "pages", "No key is short.\nIt is [secret]."],
  ["not-evaluated", "keys", "advisory", "closed", "It reads key, a secret that is encrypted in this state."],
  ["violated", "few", "advisory", "web-dev", "A stack has few.\n4 resources, 1 id."],
];

test("a state may have all letters", async () => {
  const bytes = state.replace('"public"', '"öffentlich 🙂"');
  const { pack } = await run(lay("letters", packOn("@quillon/policy", "letters")), { bytes });
  expect(pack.results[0]?.message).toBe("Buckets are private.\nIt is öffentlich 🙂.");
});

test("a pack on our SDK reads the state by itself: inputs for resources, outputs for the stack, secrets kept", async () => {
  const { pack, printed } = await run(lay("ours", packOn("@quillon/policy", "ours")));
  const shown = pack.results.map((one) => [one.kind, one.policy, one.level, one.urn.split("::").at(-1), one.message]);
  expect(shown).toEqual(found);
  expect(pack).toMatchObject({ name: "ours", version: "1.0.0", project: "web", stack: "dev", resources: 4 });
  expect(pack.policies.map(({ name, level, passed }) => [name, level, passed])).toEqual([
    ["private", "mandatory", 2],
    ["keys", "advisory", 2],
    ["few", "advisory", 0],
  ]);
  expect(printed).toBe("noise\nmore\n");
});

test("the version in PulumiPolicy.yaml counts more than the pack's own, as it does when the pack is published", async () => {
  const yaml = "runtime: nodejs\nversion: 1.10\n";
  const { pack } = await run(lay("versioned", packOn("@quillon/policy", "versioned"), yaml));
  expect(pack.version).toBe("1.10");
});

test("a pack on Pulumi's SDK is asked as the engine asks, and says the same", async () => {
  const { pack, printed } = await run(lay("theirs", quiet(packOn("@pulumi/policy", "theirs"))));
  const shown = pack.results.map((one) => [one.kind, one.policy, one.level, one.urn.split("::").at(-1), one.message]);
  expect(shown).toEqual(found);
  expect(pack.policies.map(({ name, passed }) => [name, passed])).toEqual([
    ["private", 2],
    ["keys", 2],
    ["few", 0],
  ]);
  expect(printed).toBe("");
});

const SDK = `const { PolicyPack } = require("@quillon/policy");`;
const one = (code: string) => `${SDK} new PolicyPack("p", { policies: [{ name: "p", description: "d", ${code} }] });`;

test.each<[what: string, code: string, yaml: string | undefined, message: RegExp]>([
  ["no PulumiPolicy.yaml", "", "", /There is no PulumiPolicy\.yaml in .*\. Name a policy pack's folder\./],
  ["a PulumiPolicy.yaml that is none", "", "runtime: [", /PulumiPolicy\.yaml can't be read/],
  [
    "a runtime that is not known",
    "",
    "runtime: opa\n",
    /has the runtime "opa", and packs for nodejs and python can be run/,
  ],
  [
    "no virtual environment",
    "",
    "runtime:\n  name: python\n  options:\n    virtualenv: venv\n",
    /There is no virtual environment in .*venv\. Run `\S+ -m venv venv` in .*no-virtual-environment\.$/,
  ],
  [
    "a mistake in the code",
    "throw new Error('\\x1b[31moh\\x1b[0m no');",
    undefined,
    /ended with exit code \d+\. It printed:\n[\s\S]*oh no/,
  ],
  [
    "a package that is not installed",
    `require("not-there"); // ${"@quillon/policy"}`,
    undefined,
    /Cannot find module 'not-there'[\s\S]*\nRun `npm install` in .*a-package-that-is-not-installed\.$/,
  ],
  ["no pack in it", "// @quillon/policy", undefined, /ended without creating a PolicyPack/],
  [
    "a crash half-way",
    one("validateResource: () => process.kill(process.pid, 'SIGKILL')"),
    undefined,
    /ended with SIGKILL/,
  ],
  [
    "a policy that throws",
    one("validateResource: () => { throw new Error('oh no'); }"),
    undefined,
    /validating resource with policy 'p'[\s\S]*oh no[\s\S]*Resource: urn/,
  ],
  [
    "megabytes",
    "const more = () => process.stderr.write('x'.repeat(1 << 20), more); more();",
    undefined,
    /printed more than 16 MB/,
  ],
])("%s is told, with the pack's name", async (what, code, yaml, message) => {
  const from = lay(what.replaceAll(/\W/g, "-"), code, yaml);
  await expect(run(from)).rejects.toThrow(message);
  await expect(run(from)).rejects.toThrow(`The policy pack ${from.label} could not be run.`);
});

test("a PulumiPolicy.yaml that is a folder is told as one", async () => {
  const from = lay("folder", "", "");
  mkdirSync(join(from.directory, "PulumiPolicy.yaml"));
  await expect(run(from)).rejects.toThrow(/PulumiPolicy\.yaml can't be read: it is a folder\.$/);
});

test("an asked pack that ends half-way is told to have ended, and with what it printed", async () => {
  const code = one(`validateResource: () => { console.error("I can't."); process.exit(3); }`);
  const from = lay("half-way", code.replaceAll("@quillon/policy", "@pulumi/policy"));
  await expect(run(from)).rejects.toThrow(/program ended with exit code 3\. It printed:\n[\s\S]*I can't\./);
});

test.each(["@quillon/policy", "@pulumi/policy"])(
  "a remediation on %s that reads a closed secret is not evaluated",
  async (sdk) => {
    const code = one(`enforcementLevel: "remediate", remediateResource: ({ props }) => { String(props.key + ""); }`);
    const { pack } = await run(lay(`remediates-${sdk.slice(1, 4)}`, code.replaceAll("@quillon/policy", sdk)));
    const message = "It reads key, a secret that is encrypted in this state.";
    expect(pack.results).toEqual([
      { kind: "not-evaluated", policy: "p", level: "advisory", severity: "", urn: urnOf("closed"), message },
    ]);
    expect(pack.policies).toMatchObject([{ name: "p", passed: 0 }]);
  },
);

test("what an asked pack printed before it failed is told without the secrets", async () => {
  const code = one(`validateResource: ({ props }) => {
    if (!props.key) return;
    console.error("The key is " + props.key);
    const more = () => process.stderr.write("x".repeat(1 << 20), more);
    more();
    return new Promise(() => {});
  }`).replaceAll("@quillon/policy", "@pulumi/policy");
  await expect(run(lay("talks", code))).rejects.toThrow(/more than 16 MB\. It printed:\n\d+\nThe key is \[secret\]\n/);
});

test("TypeScript is compiled without its types, and what then fails is told with them", async () => {
  const wrong = (code: string) => `const level: number = "high"; ${code}\n${quiet(packOn("@quillon/policy", "typed"))}`;
  const { pack } = await run(lay("typed", wrong(""), undefined, "index.ts"));
  expect(pack.results).toHaveLength(found.length);
  const failing = run(lay("fails", wrong("throw new Error(level);"), undefined, "index.ts"));
  await expect(failing).rejects.toThrow(
    /exit code \d+\. It printed:\n[\s\S]*'string' is not assignable to type 'number'/,
  );
});

test("a pack that answers with garbage is told from one that serves", async () => {
  const code = "console.log('garbage'); setInterval(() => {}, 1000);";
  await expect(run(lay("garbage", code))).rejects.toThrow(/printed "garbage" where the engine expects its port/);
});

test("a pack that never answers is ended", async () => {
  const from = lay("silent", "setInterval(() => {}, 1000);");
  await expect(run(from, { seconds: 1 })).rejects.toThrow(/did not answer within 1 s/);
  expect(processesIn(from.directory)).toEqual([]);
});

function processesIn(directory: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === directory;
    } catch {
      // It is no process, or it has just ended.
      return false;
    }
  });
}

test("a configuration that does not fit, and a state that is none, are told as such", async () => {
  const from = lay("strict", packOn("@quillon/policy", "strict"));
  await expect(run({ ...from, config: { few: { most: "x" } } })).rejects.toThrow(/^c\.json: [\s\S]*few: most/);
  await expect(run(from, { bytes: state.slice(0, 100) })).rejects.toThrow(
    /^state\.json can't be checked: it is not JSON/,
  );
});
