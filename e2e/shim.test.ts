import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeFiles } from "./harness/files.ts";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// The Pulumi CLI is called by programs here, which find the guarded one first on the PATH. The stacks' state is in a folder.

const policies = `[
  {
    name: "two-words",
    description: "A pet's name has two words.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, props }, reportViolation) => {
      if (type.startsWith("random:") && props.length < 2) reportViolation("This pet's name is too short.");
    },
  },
  {
    name: "prefixed",
    description: "A pet's name has a prefix.",
    enforcementLevel: "advisory",
    validateResource: ({ type, props }, reportViolation) => {
      if (type.startsWith("random:") && !props.prefix) reportViolation("This pet's name has no prefix.");
    },
  },
]`;

/**
 * A program of the Automation API. It deploys a program that is a function of its own, in a folder that the API makes. It writes what the
 * API says of each step: the kinds of its events, or the error.
 */
const automation = `
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const pulumi = require("@pulumi/pulumi");
class Pet extends pulumi.CustomResource {
  constructor(name, length) {
    super("random:index/randomPet:RandomPet", name, { length }, { version: "4.21.2" });
  }
}
const make = (length) => async () => void new Pet("rex", length);
const step = async (name, work) => {
  const kinds = new Set();
  const onEvent = (event) => Object.keys(event).forEach((key) => /Event$/.test(key) && kinds.add(key));
  const [result, error] = await work({ onEvent }).then((made) => [made], (thrown) => [undefined, thrown.message]);
  console.log(JSON.stringify({ name, kinds: [...kinds], error, changes: result?.changeSummary ?? result?.summary?.resourceChanges }));
};
(async () => {
  const at = { projectName: "pets", stackName: "dev" };
  const stack = await LocalWorkspace.createOrSelectStack({ ...at, program: make(1) });
  console.log(JSON.stringify({ version: stack.workspace.pulumiVersion }));
  await step("preview", (options) => stack.preview(options));
  await step("up", (options) => stack.up(options));
  await step("fixed", (options) => stack.up({ ...options, program: make(2) }));
  await step("refresh", (options) => stack.refresh(options));
  await step("destroy", (options) => stack.destroy(options));
})();
`;

let world: World;
let ada: Terminal;
/** The same without the guarded one. */
let plain: Terminal;

beforeAll(async () => {
  world = await openWorld();
  await world.admin.in(pack(world, "names", { policies })).ok("quillon policy publish acme");
  await world.admin.ok("quillon policy enable acme/names latest");
  const state = join(world.dir, "state");
  mkdirSync(state);
  plain = world
    .person("ada")
    .with({ PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "correct horse" })
    .with({ QUILLON_URL: world.server.url, QUILLON_TOKEN: world.adminToken });
  const line = await plain.ok("quillon shim \"guarded 'bin'\"");
  expect(line).toBe(`export PATH='${world.dir}/guarded '\\''bin'\\''':"$PATH"\n`);
  ada = plain.with({ PATH: `${join(world.dir, "guarded 'bin'")}:${plain.env.PATH}` });
});

afterAll(() => world.close());

async function receiptsOf(stack: string) {
  const all = await world.admin.json<{ kind: string; outcome: string; status: string }[]>(
    `quillon receipt ls --org acme --stack ${stack} --json`,
  );
  return all.map(({ kind, outcome, status }) => [kind, outcome, status]);
}

interface Step {
  name?: string;
  version?: string;
  kinds?: string[];
  error?: string;
  changes?: Record<string, number>;
}

describe("with a guarded pulumi on the PATH", () => {
  test("a program of the Automation API is stopped, and hears of it by events; fixed, it passes", async () => {
    const dir = writeFiles(join(world.dir, "automation"), { "main.js": automation });
    const printed = await ada.in(dir).ok("node main.js");
    const [version, preview, up, fixed, refresh, destroy] = printed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Step);
    expect(`v${version?.version}\n`).toBe(await plain.ok("pulumi version"));
    for (const stopped of [preview, up]) {
      expect(stopped?.error).toContain("Quillon: stack acme/pets/dev must run names 1.0.0.");
      expect(stopped?.error).toContain("This pet's name is too short.");
      expect(stopped?.kinds).toEqual(expect.arrayContaining(["preludeEvent", "policyEvent", "cancelEvent"]));
    }
    expect(fixed).toMatchObject({ changes: { create: 1, same: 1 } });
    expect(fixed?.kinds).toEqual(expect.arrayContaining(["resOutputsEvent", "summaryEvent", "cancelEvent"]));
    expect(refresh).toMatchObject({ changes: { same: 2 } });
    expect(destroy).toMatchObject({ changes: { delete: 2 } });
  });

  test("each of its runs has a complete receipt, and what is only advised is a finding", async () => {
    expect(await receiptsOf("pets/dev")).toEqual([
      ["update", "succeeded", "complete"],
      ["update", "failed", "complete"],
      ["preview", "failed", "complete"],
    ]);
    const findings = await world.admin.ok("quillon finding ls --org acme --stack pets/dev");
    expect(findings).toMatch(/prefixed.*rex/);
    expect(findings).not.toContain("two-words");
  });

  test("a command is guarded once, and one that a program runs is guarded for itself", async () => {
    const inner = program(world, "inner", 'resource("rex", { length: 2 });');
    const outer = program(
      world,
      "outer",
      `require("node:child_process").execFileSync("pulumi", ["preview", "-C", ${JSON.stringify(inner)}, "--event-log", "events.txt"]);`,
    );
    for (const dir of [inner, outer]) await ada.in(dir).ok("pulumi stack init dev");
    await ada.in(outer).with({ PULUMI_DEBUG_COMMANDS: "true" }).ok("quillon run -- pulumi preview");
    for (const stack of ["outer/dev", "inner/dev"])
      expect({ stack, receipts: await receiptsOf(stack) }).toEqual({
        stack,
        receipts: [["preview", "succeeded", "complete"]],
      });
    const lines = readFileSync(join(inner, "events.txt"), "utf8").trimEnd().split("\n");
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => at));
    expect(events.at(-1)).toHaveProperty("cancelEvent");
    expect(JSON.stringify(events)).toContain('"length":2');
  });

  test("what runs no policies is the CLI's own, and what can't be guarded is refused", async () => {
    const inner = ada.in(join(world.dir, "programs", "inner"));
    for (const line of ["pulumi version", "pulumi stack ls --json", "pulumi stack select no-such"]) {
      const { code, stdout, stderr } = await plain.in(inner.dir).run(line);
      expect(await inner.run(line)).toMatchObject({ code, stdout, stderr });
    }
    expect(await inner.fails("pulumi watch")).toContain("can't be guarded");
    expect(await inner.with({ QUILLON_TOKEN: "wrong" }).fails("pulumi up --yes")).toContain("The command was not run.");
  });

  test("a pulumi on the PATH that calls the guarded one again is not called for ever", async () => {
    const dir = writeFiles(join(world.dir, "again"), { pulumi: '#!/bin/sh\nexec pulumi "$@"\n' });
    chmodSync(join(dir, "pulumi"), 0o755);
    const { PATH = "" } = ada.env;
    const around = ada.with({ PATH: PATH.replace(":", `:${dir}:`) });
    expect(await around.fails("pulumi version")).toContain(`${dir}/pulumi calls pulumi again and again`);
  });

  test("a signal reaches the CLI, which ends as it wants to", async () => {
    const source = `#!/usr/bin/env node
const open = setInterval(() => {}, 1_000_000);
process.on("SIGINT", () => { clearInterval(open); process.exitCode = 42; });
console.log("ready");
`;
    const dir = writeFiles(join(world.dir, "slow"), { cli: source });
    chmodSync(join(dir, "cli"), 0o755);
    await ada.in(dir).ok("quillon shim --pulumi cli bin");
    const child = spawn(join(dir, "bin", "pulumi"), ["stack"], { env: ada.env, stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.once("data", () => child.kill("SIGINT"));
    const [code] = await once(child, "exit");
    expect(code).toBe(42);
  });
});
