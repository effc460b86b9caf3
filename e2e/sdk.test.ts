// Packs on both SDKs under the real Pulumi CLI, with the file backend: what a user sees has to be the same.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";
import { findPulumi } from "../tools/toolchain/find.ts";
import { linkProvider } from "../tools/toolchain/providers.ts";

const require = createRequire(import.meta.url);
const pulumiProgram = findPulumi();
const root = mkdtempSync(join(tmpdir(), "quillon-sdk-e2e-"));
const home = join(root, "home");
const fixture = (name: string) => join(import.meta.dirname, "fixtures", name);
const program = join(root, "program");
const pack = join(root, "pack");
mkdirSync(join(root, "state"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const env = {
  ...process.env,
  PULUMI_HOME: home,
  PULUMI_BACKEND_URL: `file://${join(root, "state")}`,
  PULUMI_CONFIG_PASSPHRASE: "correct horse",
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_DISABLE_PROGRESS: "1",
};

interface Outcome {
  status: number | null;
  output: string;
}

function run(dir: string, [command, ...args]: [string, ...string[]], more: Record<string, string> = {}): Outcome {
  const child = spawnSync(command, args, { cwd: dir, env: { ...env, ...more }, encoding: "utf8", timeout: 240_000 });
  if (child.error) throw child.error;
  return { status: child.status, output: child.stdout + child.stderr };
}

const pulumi = (args: string[], more: Record<string, string> = {}) =>
  run(program, [pulumiProgram ?? "pulumi", "--non-interactive", ...args], more);

function expectSuccess({ status, output }: Outcome): string {
  expect(status, output).toBe(0);
  return output;
}

const SDKS = ["@quillon/policy", "@pulumi/policy"];

/** The same command with the pack on each SDK, ours first: its status, and what it says of policies and diagnostics. */
function onBoth(args: string[], more: Record<string, string> = {}): [ours: Outcome, original: Outcome] {
  const outcomes = SDKS.map((sdk) => {
    const { status, output } = pulumi([...args, "--policy-pack", pack], { POLICY_SDK: sdk, ...more });
    return { status, output: summaryOf(output) };
  });
  return outcomes as [Outcome, Outcome];
}

/** From the first summary on, before which come progress lines in any order; resources report in any order as well. */
function summaryOf(output: string): string {
  const begin = /^(Policies|Diagnostics):$/m.exec(output)?.index ?? 0;
  const lines = output.slice(begin).split("\n");
  const isProgress = (line: string) => line === "" || line.startsWith("@ ") || line.startsWith("Duration:");
  return lines
    .map((line) => line.trim())
    .filter((line) => !isProgress(line))
    .sort()
    .join("\n");
}

describe.skipIf(pulumiProgram === undefined)("a pack under the real CLI", () => {
  beforeAll(() => {
    cpSync(fixture("sdk-program"), program, { recursive: true });
    cpSync(fixture("sdk-pack"), pack, { recursive: true });
    linkSdk(pack);
    expectSuccess(run(program, ["npm", "install", "--loglevel=error"]));
    expectSuccess(run(pack, ["npm", "install", "--no-save", "--loglevel=error", "@pulumi/policy@1.21.0"]));
    linkProvider(home, { name: "random", version: "4.21.2" });
    expectSuccess(pulumi(["stack", "init", "dev"]));
  });

  it("shows the same in a preview: violations, unknowns, remediations, the stack", () => {
    const [ours, original] = onBoth(["preview"]);
    expect(ours).toEqual(original);
    const output = expectSuccess(ours);
    expect(output).toContain("33 > 20");
    expect(output).toContain("can't run policy 'known-reference' from policy pack 'sdk-pack@v1.2.3' during preview");
    expect(output).toContain("string value at .reference can't be known during preview");
    expect(output).toContain("A file is no text.");
    expect(output).toContain("It has 3, 1 of them dependent.");
    expect(output).toContain("[remediate]  tagged  (2 resources)");
  });

  it("leaves the same state behind, secrets still secret after a remediation", () => {
    const states = SDKS.map((sdk) => {
      expectSuccess(pulumi(["up", "--yes", "--skip-preview", "--policy-pack", pack], { POLICY_SDK: sdk }));
      const { deployment } = JSON.parse(expectSuccess(pulumi(["stack", "export"])));
      expectSuccess(pulumi(["destroy", "--yes", "--skip-preview"]));
      const things = deployment.resources.filter(({ type }: { type: string }) => type.endsWith(":Thing"));
      return things.map(({ urn, inputs }: { urn: string; inputs: Record<string, unknown> }) => {
        const { password, ...rest } = inputs as { password?: { ciphertext?: string } };
        return [urn, { ...rest, passwordIsEncrypted: password && typeof password.ciphertext === "string" }];
      });
    });
    const [ours, original] = states.map((entries) => Object.fromEntries(entries));
    expect(ours).toEqual(original);
    expect(Object.values(ours ?? {})).toContainEqual(
      expect.objectContaining({ tags: { level: 1, owner: "nobody" }, passwordIsEncrypted: true }),
    );
  });

  it("stops an update in the same way", () => {
    const [ours, original] = onBoth(["up", "--yes", "--skip-preview"], { PASSWORD: "hunter2" });
    // How far the other resources get before the update stops is a race.
    const mandatory = ({ output }: Outcome) =>
      output.split("\n").filter((line) => /mandatory|hunter2|error/.test(line));
    expect(mandatory(ours)).toEqual(mandatory(original));
    expect(ours.status).not.toBe(0);
    expect(ours.output).toContain("[mandatory]  no-secret-text  (random:index/thing:Thing: first)");
    expectSuccess(pulumi(["destroy", "--yes", "--skip-preview"]));
  });

  it("takes configuration, and refuses what fails the schema, in the same way", () => {
    const configured = (config: object) => {
      const path = join(root, "config.json");
      writeFileSync(path, JSON.stringify(config));
      return onBoth(["preview", "--policy-pack-config", path]);
    };
    const [ours, original] = configured({ all: "mandatory", "short-text": { maxLength: 3 }, "few-things": "disabled" });
    expect(ours).toEqual(original);
    expect(ours.output).toContain("[mandatory] [severity: low]  short-text");
    expect(ours.output).toContain("5 > 3");
    expect(ours.output).not.toContain("of them dependent");
    const [refused, alike] = configured({ "short-text": { maxLength: 0 } });
    expect(refused).toEqual(alike);
    expect(refused.status).not.toBe(0);
    expect(refused.output).toContain("maxLength");
  });

  it("says which policy failed, on which resource, and where in the pack", () => {
    const { status, output } = pulumi(["preview", "--policy-pack", pack], { TRAP: "throw" });
    expect(status).not.toBe(0);
    expect(output).toContain("Error validating resource with policy 'no-trap' from policy pack 'sdk-pack@v1.2.3'");
    expect(output).toContain("TypeError: the policy fell into the trap");
    expect(output).toMatch(/at .*pack\/index\.js:\d+:\d+/);
    expect(output).toContain("Resource: urn:pulumi:dev::sdk-program::random:index/thing:Thing::first");
    expect(output).not.toContain("@quillon/policy/core.js");
  });

  it("shows what a pack logs, while it loads and while it runs", () => {
    const args = ["preview", "--policy-pack", pack];
    const noisy = { POLICY_NOISE: "1", TRAP: "log" };
    const output = expectSuccess(pulumi(args, noisy));
    expect(output).toContain("noise while the pack loads");
    expect(output).toContain("noise from a policy");
  });

  it("shows the path and the suggestion of a violation", () => {
    const own = layPack("own", {
      "index.js": `const { PolicyPack } = require("@quillon/policy");
new PolicyPack("own", { policies: [{
  name: "text", description: "Texts are short.", enforcementLevel: "mandatory",
  validateResource: ({ type, isSecret }, reportViolation) => {
    if (!type.endsWith(":Thing")) return;
    reportViolation({ message: "Too long; secret: " + isSecret("password"), path: "text", suggestion: "Cut it." });
  },
}] });`,
    });
    const { output } = pulumi(["preview", "--policy-pack", own]);
    expect(output).toMatch(/Too long; secret: true\n\s+at: text\n\s+fix: Cut it\./);
    expect(output).toContain("Too long; secret: false");
  });

  it.each([
    [
      "ESM",
      {
        "package.json": manifest("esm", { type: "module" }),
        "index.js": `import { PolicyPack } from "@quillon/policy"; ${simplePack("esm")}`,
      },
    ],
    [
      "TypeScript",
      {
        "package.json": manifest("typed", { main: undefined }),
        "index.ts": `import { PolicyPack, ResourceValidationArgs } from "@quillon/policy";
const seen = (args: ResourceValidationArgs): string => args.urn; ${simplePack("typed")} export { seen };`,
      },
    ],
  ])("runs a pack in %s", (_, files) => {
    const dir = layPack(`pack-${_}`, files);
    expect(pulumi(["preview", "--policy-pack", dir]).output).toContain("[mandatory]  seen");
  });

  it("works in a pack that has @pulumi/pulumi in two versions", () => {
    const versions = layPack("versions", {
      "index.js": `const older = require("older/asset");
const { asset } = require("@pulumi/pulumi");
const { PolicyPack } = require("@quillon/policy");
new PolicyPack("versions", { policies: [{
  name: "file", description: "d", enforcementLevel: "remediate",
  remediateResource: ({ props }) => props.file && { ...props, file: new older.StringAsset("from the older one") },
  validateResource: async ({ props: { file } }, report) => {
    if (file) report([file instanceof asset.StringAsset, older.Asset.isInstance(file), await file.text].join());
  },
}] });`,
    });
    expectSuccess(
      run(versions, ["npm", "install", "--no-save", "--loglevel=error", "older@npm:@pulumi/pulumi@3.200.0"]),
    );
    const { output } = pulumi(["preview", "--policy-pack", versions]);
    expect(output).toContain("true,true,from the older one");
  });

  it("prints a mistake in a pack once, and fails", () => {
    const broken = layPack("broken", {
      "index.js": `const { PolicyPack } = require("@quillon/policy");
new PolicyPack("broken", { policies: [{ name: "does-nothing", description: "d" }] });`,
    });
    const { status, output } = pulumi(["preview", "--policy-pack", broken]);
    expect(status).not.toBe(0);
    // The CLI itself shows each message as it comes, and once more in the summary.
    expect(summaryOf(output).match(/Policy "does-nothing" does nothing/g)).toHaveLength(1);
  });

  it("is packed with the SDK, and installed where no registry has it", () => {
    const source = layPack("bundled", {
      "index.js": `const { PolicyPack } = require("@quillon/policy"); ${simplePack("bundled")}`,
    });
    expectSuccess(run(source, ["npm", "pack", "--loglevel=error", "--pack-destination", root]));
    const archive = join(root, readdirSync(root).find((name) => name.endsWith(".tgz")) as string);
    const installed = join(root, "installed");
    mkdirSync(installed);
    expectSuccess(run(installed, ["tar", "-xzf", archive, "--strip-components=1"]));
    expect(existsSync(join(installed, "node_modules/@quillon/policy/index.js"))).toBe(true);
    expect(existsSync(join(installed, "node_modules/@pulumi"))).toBe(false);
    // Nothing listens there: to ask for @quillon/policy is to fail.
    writeFileSync(join(installed, ".npmrc"), "@quillon:registry=http://127.0.0.1:1/\nfetch-retries=0\n");
    expectSuccess(run(installed, ["npm", "install", "--loglevel=error"]));
    expect(pulumi(["preview", "--policy-pack", installed]).output).toContain("[mandatory]  seen");
  });

  it("takes a resource of 100 MiB", () => {
    const bytes = 100 * 1024 * 1024;
    const output = expectSuccess(pulumi(["preview", "--policy-pack", pack], { BYTES: String(bytes) }));
    expect(output).toContain(`${bytes} > 20`);
  });

  it("is ended by an interrupt, even while a policy hangs", async () => {
    const args = ["--non-interactive", "preview", "--policy-pack", pack];
    const child = spawn(pulumiProgram as string, args, { cwd: program, env: { ...env, TRAP: "hang" } });
    let output = "";
    const ended = new Promise((resolve) => child.once("close", resolve));
    const hangs = new Promise((resolve) => {
      child.stdout.on("data", (data) => {
        output += data;
        if (output.includes("a policy hangs")) resolve(true);
      });
    });
    expect(await Promise.race([hangs, ended.then((code) => `${code}: ${output}`)])).toBe(true);
    child.kill("SIGINT");
    expect(await ended).not.toBe(0);
    expect(output).toContain("The user cancelled.");
  });

  it("is started by a language host's RunPlugin, as newer CLIs do", async () => {
    const lines = await runPlugin(pack);
    expect(Number(lines[0])).toBeGreaterThan(0);
  });
});

function manifest(name: string, more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    name,
    version: "1.0.0",
    main: "index.js",
    dependencies: { "@pulumi/pulumi": "3.220.0" },
    ...more,
  });
}

function simplePack(name: string): string {
  return `new PolicyPack("${name}", { policies: [{
  name: "seen", description: "d", enforcementLevel: "mandatory",
  validateResource: (_, report) => report("seen"),
}] });`;
}

/** A pack with ours linked in, and the dependencies of the first one. */
function layPack(name: string, files: Record<string, string>): string {
  const dir = join(root, name);
  for (const [path, text] of Object.entries({
    "PulumiPolicy.yaml": "runtime: nodejs\n",
    "package.json": manifest(name),
    ...files,
  })) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  cpSync(join(pack, "node_modules"), join(dir, "node_modules"), { recursive: true, verbatimSymlinks: true });
  linkSdk(dir);
  return dir;
}

/** Calls the host with what CLIs from 3.2xx on send, and answers the first lines of the pack's stdout. */
async function runPlugin(directory: string): Promise<string[]> {
  const grpc = require("@grpc/grpc-js");
  const { LanguageRuntimeClient } = require("@pulumi/pulumi/proto/language_grpc_pb");
  const { ProgramInfo, RunPluginRequest } = require("@pulumi/pulumi/proto/language_pb");
  const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
  const host = spawn(join(dirname(pulumiProgram as string), "pulumi-language-nodejs"), ["127.0.0.1:1"], { env });
  try {
    const port = await new Promise((resolve) => host.stdout.once("data", (data) => resolve(String(data).trim())));
    const client = new LanguageRuntimeClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const info = new ProgramInfo();
    info.setRootDirectory(directory);
    info.setProgramDirectory(directory);
    info.setEntryPoint(".");
    info.setOptions(Struct.fromJavaScript({}));
    const request = new RunPluginRequest();
    request.setPwd(directory);
    request.setArgsList(["127.0.0.1:1"]);
    request.setEnvList(Object.entries({ ...env, PULUMI_CONFIG: "{}" }).map(([key, value]) => `${key}=${value}`));
    request.setInfo(info);
    request.setKind("analyzer");
    const call = client.runPlugin(request);
    call.on("error", () => {});
    const lines = await new Promise<string[]>((resolve, reject) => {
      call.on("data", (message: { getStdout_asU8(): Uint8Array }) => {
        const text = Buffer.from(message.getStdout_asU8()).toString();
        if (text) resolve(text.split("\n"));
      });
      call.on("end", () => reject(new Error("The pack ended without a line.")));
    });
    call.cancel();
    client.close();
    await refused(Number(lines[0]));
    return lines;
  } finally {
    host.kill();
  }
}

/** Resolves once nobody listens there any more: the host ends the pack before it may be ended itself. */
function refused(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => resolve());
    socket.on("close", (hadError) => hadError || resolve(refused(port)));
    socket.on("connect", () => setTimeout(() => socket.destroy(), 50));
  });
}
