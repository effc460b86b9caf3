// Packs on both SDKs under the real Pulumi CLI, on a file backend: a user must see the same with both.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";
import { repositoryDir } from "../tools/repository.ts";
import { newerCli, pinnedCli } from "../tools/toolchain/clis.ts";
import { findPulumi, isProgram } from "../tools/toolchain/find.ts";
import { linkProvider } from "../tools/toolchain/providers.ts";
import { expectSuccess, type Outcome, openFileBackend } from "./harness/file-backend.ts";
import { writeFiles } from "./harness/files.ts";
import { preparedModules } from "./harness/modules.ts";
import { runPlugin } from "./harness/run-plugin.ts";

const pulumiProgram = findPulumi();
const backend = openFileBackend();
const { dir: root, env, run } = backend;
const fixture = (name: string) => join(import.meta.dirname, "fixtures", name);
const program = join(root, "program");
const pack = join(root, "pack");
afterAll(() => backend.close());

const pulumi = (args: string[], more?: Record<string, string>) => backend.pulumi(program, args, more);

const SDKS = ["@quillon/policy", "@pulumi/policy"];

/** Runs a command with the pack on each SDK. @returns the status and the summary of policies and diagnostics, for our SDK and the original. */
function onBoth(args: string[], more: Record<string, string> = {}): [ours: Outcome, original: Outcome] {
  const outcomes = SDKS.map((sdk) => {
    const { status, output } = pulumi([...args, "--policy-pack", pack], { POLICY_SDK: sdk, ...more });
    return { status, output: summaryOf(output) };
  });
  return outcomes as [Outcome, Outcome];
}

/** The sorted lines from the first summary on: before it are progress lines, and both come in no fixed order. */
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
    symlinkSync(preparedModules(), join(root, "node_modules"));
    linkProvider(backend.home, { name: "random", version: "4.21.2" });
    expectSuccess(pulumi(["stack", "init", "dev"]));
  });

  it("shows the same in a preview: violations, unknown values, remediations, stack policies", () => {
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

  it("writes the same state, with secrets still encrypted after a remediation", () => {
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

  it("stops a violating update in the same way", () => {
    const [ours, original] = onBoth(["up", "--yes", "--skip-preview"], { PASSWORD: "hunter2" });
    // The progress of the other resources before the update stops differs from run to run.
    const mandatory = ({ output }: Outcome) => output.split("\n").filter((line) => /mandatory|knows|error/.test(line));
    expect(mandatory(ours)).toEqual(mandatory(original));
    expect(ours.status).not.toBe(0);
    expect(ours.output).toContain("[mandatory]  no-secret-text  (random:index/thing:Thing: first)");
    expectSuccess(pulumi(["destroy", "--yes", "--skip-preview"]));
  });

  it("accepts configuration, and refuses configuration that violates the schema, in the same way", () => {
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
    const [refused, refusedByOriginal] = configured({ "short-text": { maxLength: 0 } });
    expect(refused).toEqual(refusedByOriginal);
    expect(refused.status).not.toBe(0);
    expect(refused.output).toContain("maxLength");
  });

  it("shows which policy threw an error, for which resource, and where in the pack", () => {
    const { status, output } = pulumi(["preview", "--policy-pack", pack], { TRAP: "throw" });
    expect(status).not.toBe(0);
    expect(output).toContain("Error validating resource with policy 'no-trap' from policy pack 'sdk-pack@v1.2.3'");
    expect(output).toContain("TypeError: the policy fell into the trap");
    expect(output).toMatch(/at .*pack\/index\.js:\d+:\d+/);
    expect(output).toContain("Resource: urn:pulumi:dev::sdk-program::random:index/thing:Thing::first");
    expect(output).not.toContain("@quillon/policy/core.js");
  });

  it("shows what a pack logs while it loads and while it runs", () => {
    const args = ["preview", "--policy-pack", pack];
    const noisy = { POLICY_NOISE: "1", TRAP: "log" };
    const output = expectSuccess(pulumi(args, noisy));
    expect(output).toContain("noise while the pack loads");
    expect(output).toContain("noise from a policy");
  });

  describe("packs beside each other", () => {
    let output: string;

    beforeAll(() => {
      const own = writePack("own", {
        "index.js": `const { PolicyPack } = require("@quillon/policy");
new PolicyPack("own", { policies: [{
  name: "text", description: "Texts are short.", enforcementLevel: "mandatory",
  validateResource: ({ type, isSecret }, reportViolation) => {
    if (!type.endsWith(":Thing")) return;
    reportViolation({ message: "Too long; secret: " + isSecret("password"), path: "text", suggestion: "Cut it." });
  },
}] });`,
      });
      const esm = writePack("esm", {
        "package.json": manifest("esm", { type: "module" }),
        "index.js": `import { PolicyPack } from "@quillon/policy"; ${simplePack("esm")}`,
      });
      const typed = writePack("typed", {
        "package.json": manifest("typed", { main: undefined }),
        "index.ts": `import { PolicyPack, ResourceValidationArgs } from "@quillon/policy";
const seen = (args: ResourceValidationArgs): string => args.urn; ${simplePack("typed")} export { seen };`,
      });
      const versions = writePack("versions", {
        "index.js": `const another = require("another/asset");
const { asset } = require("@pulumi/pulumi");
const { PolicyPack } = require("@quillon/policy");
new PolicyPack("versions", { policies: [{
  name: "file", description: "d", enforcementLevel: "remediate",
  remediateResource: ({ props }) => props.file && { ...props, file: new another.StringAsset("from the other one") },
  validateResource: async ({ props: { file } }, report) => {
    if (file) report([file instanceof asset.StringAsset, another.Asset.isInstance(file), await file.text].join());
  },
}] });`,
      });
      symlinkSync(join(repositoryDir, "node_modules/@pulumi/pulumi"), join(versions, "node_modules/another"));
      const flags = [own, esm, typed, versions].flatMap((dir) => ["--policy-pack", dir]);
      ({ output } = pulumi(["preview", ...flags]));
    });

    it("show the path and the suggestion of a violation", () => {
      expect(output).toMatch(/Too long; secret: true\n\s+at: text\n\s+fix: Cut it\./);
      expect(output).toContain("Too long; secret: false");
    });

    it.each(["esm", "typed"])("may be in ESM and in TypeScript: %s", (name) => {
      expect(output).toContain(`❌ ${name}@v1.0.0`);
      expect(output).toContain("[mandatory]  seen");
      expect(output).toContain(`seen by ${name}`);
    });

    it("may have @pulumi/pulumi in two versions", () => {
      expect(output).toContain("true,true,from the other one");
    });
  });

  it("prints a mistake in a pack once, and fails", () => {
    const broken = writePack("broken", {
      "index.js": `const { PolicyPack } = require("@quillon/policy");
new PolicyPack("broken", { policies: [{ name: "does-nothing", description: "d" }] });`,
    });
    const { status, output } = pulumi(["preview", "--policy-pack", broken]);
    expect(status).not.toBe(0);
    // The CLI shows each message when it arrives, and again in the summary. Only the summary is checked.
    expect(summaryOf(output).match(/Policy "does-nothing" does nothing/g)).toHaveLength(1);
  });

  // The same pack is published, and installed by the CLI, in sdk-published.test.ts.
  it("contains the SDK when it is packed, and nothing of Pulumi's", () => {
    const source = writePack("bundled", {
      "index.js": `const { PolicyPack } = require("@quillon/policy"); ${simplePack("bundled")}`,
      "node_modules/@pulumi/pulumi/package.json": '{ "name": "@pulumi/pulumi", "version": "3.220.0" }',
    });
    expectSuccess(run(source, ["npm", "pack", "--loglevel=error", "--pack-destination", root]));
    const archive = join(root, readdirSync(root).find((name) => name.endsWith(".tgz")) as string);
    const names = expectSuccess(run(root, ["tar", "-tzf", archive])).split("\n");
    expect(names).toContain("package/node_modules/@quillon/policy/index.js");
    expect(names.filter((name) => name.includes("@pulumi"))).toEqual([]);
  });

  // More than the 4 MiB that gRPC takes without a setting. The CLI needs half a minute for 100 MiB, which serve.test.ts sends.
  it("accepts a resource of 16 MiB", () => {
    const bytes = 16 * 1024 * 1024;
    const output = expectSuccess(pulumi(["preview", "--policy-pack", pack], { BYTES: String(bytes) }));
    expect(output).toContain(`${bytes} > 20`);
  });

  it("ends when the preview is interrupted, even while a policy hangs", async () => {
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

  it.each([pinnedCli, newerCli].filter(({ program }) => isProgram(program)))(
    "ends when the engine of CLI $version is killed",
    async ({ program: cli }) => {
      const connected = createServer().listen(0, "127.0.0.1");
      await once(connected, "listening");
      const { port } = connected.address() as AddressInfo;
      const hanging = writePack("hanging", {
        "index.js": `require("node:net").connect(${port}, "127.0.0.1");
const { PolicyPack } = require("@quillon/policy");
new PolicyPack("hanging", { policies: [{
  name: "hangs", description: "d", validateResource: () => (console.error("a policy hangs"), new Promise(() => {})),
}] });`,
      });
      const arriving = once(connected, "connection");
      const args = ["--non-interactive", "preview", "--policy-pack", hanging];
      const child = spawn(cli, args, { cwd: program, env });
      const [connection] = (await arriving) as [Socket];
      connection.on("error", () => {});
      await new Promise<void>((resolve) => {
        child.stdout.on("data", (data) => String(data).includes("a policy hangs") && resolve());
      });
      child.kill("SIGKILL");
      await once(connection.resume(), "close");
      connected.close();
    },
  );

  it("fails a program that makes a pack, and says what to do instead", () => {
    const inside = join(root, "inside");
    writeFiles(inside, {
      "Pulumi.yaml": "name: inside\nruntime: nodejs\n",
      "package.json": manifest("inside"),
      "index.js": `const { PolicyPack } = require("@quillon/policy"); ${simplePack("inside")}`,
    });
    linkSdk(inside);
    expectSuccess(backend.pulumi(inside, ["stack", "init", "dev"]));
    const { status, output } = backend.pulumi(inside, ["preview"]);
    expect(status).not.toBe(0);
    expect(output).toContain("A policy pack can't be made inside a Pulumi program");
  });

  it("is started through a language host's RunPlugin, as newer CLIs start it", async () => {
    const lines = await runPlugin(pack, env);
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
  validateResource: (_, report) => report("seen by ${name}"),
}] });`;
}

/** Writes a pack with our SDK linked into it. It finds the other dependencies in the folder above it. */
function writePack(name: string, files: Record<string, string>): string {
  const defaults = { "PulumiPolicy.yaml": "runtime: nodejs\n", "package.json": manifest(name) };
  const dir = writeFiles(join(root, name), { ...defaults, ...files });
  linkSdk(dir);
  return dir;
}
