import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newerCli } from "../tools/toolchain/clis.ts";
import { configFile } from "./harness/files.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { pack, program } from "./harness/sources.ts";
import { resourcesOf } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

const policies = `[
  {
    name: "long-enough",
    description: "A pet's name has as many words as the group wants.",
    enforcementLevel: "mandatory",
    configSchema: { properties: { least: { type: "number", default: 1 } } },
    validateResource: ({ type, props, getConfig }, reportViolation) => {
      if (type.startsWith("random:") && props.length < getConfig().least) reportViolation("This pet's name is too short.");
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

/** With `kill` it ends the CLI itself, the parent of its language host, when its resource is there. */
const source = `
const rex = resource("rex", { length: config.getNumber("length") ?? 1 });
const { execFileSync } = require("node:child_process");
const parentOf = (pid) => Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)]));
if (config.getBoolean("kill")) rex.id.apply(() => process.kill(parentOf(process.ppid), "SIGKILL"));
`;

// The stack's state is in a folder, and the Pulumi CLI is not logged in to Quillon.
let world: World;
let ada: Terminal;

beforeAll(async () => {
  world = await openWorld();
  const author = world.admin.in(pack(world, "names", { policies }));
  await author.ok("quillon policy publish acme");
  const config = configFile(world, "least.json", { "long-enough": { least: 2 } });
  await author.ok(`pulumi policy enable acme/names latest --config ${config}`);
  const state = join(world.dir, "state");
  mkdirSync(state);
  ada = world
    .person("ada")
    .with({ PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "correct horse" })
    .with({ QUILLON_URL: world.server.url, QUILLON_TOKEN: world.adminToken })
    .in(program(world, "pets", source));
  await ada.ok("pulumi stack init dev");
});

afterAll(() => world.close());

/** The newest receipt of the stack, as `quillon receipt show --json` prints it. */
async function newestReceipt(stack: string) {
  const [newest] = await world.admin.json<{ updateID: string }[]>(
    `quillon receipt ls --org acme --stack ${stack} --json`,
  );
  const { receipt } = await world.admin.json<{ receipt: string }>(
    `quillon receipt show ${newest?.updateID} --org acme --json`,
  );
  return typeof receipt === "string" ? JSON.parse(receipt) : receipt;
}

describe("quillon run, on a stack whose state is in a folder", () => {
  test("a violation stops pulumi preview and pulumi up", async () => {
    for (const line of ["pulumi preview", "pulumi up --yes --skip-preview"]) {
      const { code, all } = await ada.run(`quillon run -- ${line}`);
      expect(all).toContain("Quillon: stack acme/pets/dev must run names 1.0.0.");
      expect(all).toContain("This pet's name is too short.");
      expect({ line, code }).toEqual({ line, code: 255 });
    }
    expect(await resourcesOf(ada)).not.toContain("rex");
  });

  test("what would have been a finding is predicted, and the run that was stopped has a complete receipt", async () => {
    expect(await world.admin.ok("quillon finding predicted --org acme")).toMatch(/long-enough.*rex/);
    expect(await newestReceipt("pets/dev")).toMatchObject({
      status: "complete",
      update: { kind: "update", dryRun: false, outcome: "failed" },
      packs: [{ pack: "names", tag: "1.0.0", unanalysed: { count: 0 } }],
      states: { notCompared: "The stack's state is in another backend." },
    });
  });

  test("no property of a resource has left the machine", async () => {
    const { updates } = await world.admin.json<{ updates: { updateID: string }[] }>(
      `curl -sf -H "authorization: token ${world.adminToken}" ${world.server.url}/api/quillon/orgs/acme/stacks/pets/dev/updates`,
    );
    const events = await world.admin.ok(
      `curl -sf -H "authorization: token ${world.adminToken}" ${world.server.url}/api/stacks/acme/pets/dev/update/${updates[0]?.updateID}/events`,
    );
    expect(events).toContain("policyAnalyzeSummaryEvent");
    expect(events).not.toMatch(/"(inputs|outputs|config|diagnosticEvent)"/);
  });

  test("the fixed program passes, with a finding of what is only advised, and other packs of the user's own run beside", async () => {
    await ada.ok("pulumi config set length 2");
    const own = pack(world, "mine", { policies: "[]" });
    const printed = await ada.ok(`quillon run -- pulumi up --yes --policy-pack ${own}`);
    expect(printed).toContain("names@v1.0.0");
    expect(printed).toContain("mine");
    expect(await resourcesOf(ada)).toContain("rex");
    const findings = await world.admin.ok("quillon finding ls --org acme");
    expect(findings).toMatch(/prefixed.*pets\/dev.*rex/);
    expect(findings).not.toContain("long-enough");
    expect(await newestReceipt("pets/dev")).toMatchObject({ status: "complete", update: { outcome: "succeeded" } });
  });

  test.skipIf(!hasPulumi(newerCli))(`the same with Pulumi CLI ${newerCli.version}`, async () => {
    const newer = withPulumi(newerCli, ada);
    expect(await newer.ok("quillon run -- pulumi up --yes")).toContain("names@v1.0.0");
    expect(await newestReceipt("pets/dev")).toMatchObject({ status: "complete", update: { outcome: "succeeded" } });
  });

  test("--print runs nothing, prints what would be run, and makes no stack known", async () => {
    const { stdout, all } = await ada.run("quillon run --print -- pulumi up --yes --stack tyop");
    expect(all).toContain("Quillon: stack acme/pets/tyop must run names 1.0.0.");
    expect(await world.admin.ok("quillon audit ls --org acme")).not.toContain("tyop");
    expect(stdout).toMatch(
      /^env PULUMI_DEBUG_COMMANDS=true pulumi up --event-log=tcp:\/\/127\.0\.0\.1:PORT --policy-pack=\S+ --policy-pack-config=\S+ --yes --stack tyop\n$/,
    );
  });

  test("a command goes on to its end when nobody reads what quillon says", async () => {
    const script = join(ada.dir, "wrapped.sh");
    writeFileSync(script, "#!/bin/sh\necho it ran\nexit 7\n", { mode: 0o755 });
    const line = "{ quillon run -- ./wrapped.sh preview --stack dev >&3; echo code $? >&3; } 2>&1 | true";
    expect(await ada.ok(`exec 3>&1; ${line}`)).toBe("it ran\ncode 7\n");
  });

  test.each(["./deploy.sh up", "./deploy.sh install", "./deploy.sh up --stack dev"])(
    "what a program of another name deploys is stopped, whatever its arguments are: %s",
    async (line) => {
      await ada.ok("pulumi config set length 1");
      const script = "#!/bin/sh\nexec pulumi up --yes --skip-preview\n";
      writeFileSync(join(ada.dir, "deploy.sh"), script, { mode: 0o755 });
      await ada.fails(`quillon run -- ${line}`);
      expect(await ada.ok("pulumi stack export")).not.toContain('"length": 1');
      await ada.ok("pulumi config set length 2");
    },
  );

  test("what runs no policies runs as it is, and what can't be guarded is refused", async () => {
    expect(await ada.ok("quillon run -- pulumi stack --show-name")).toBe("dev\n");
    expect(await ada.fails("quillon run -- pulumi destroy --yes --run-program")).toContain(
      "runs the program, but no policies",
    );
    expect(await ada.fails("quillon run -- pulumi -- up")).toContain("hides it");
    expect(await ada.in(world.dir).fails("quillon run -- pulumi up --yes")).toContain("There is no Pulumi.yaml");
    expect(await ada.fails("quillon run -- no-such-pulumi up --yes")).toContain("There is no command no-such-pulumi");
  });

  test("a Pulumi CLI that is logged in to Quillon gets no state of it, and can't update it", async () => {
    const logged = world.admin.in(ada.dir).with({ PULUMI_CONFIG_PASSPHRASE: "correct horse" });
    expect(await logged.fails("pulumi stack export --stack acme/pets/dev")).toContain("is not here, but in file://");
    expect(await logged.fails("pulumi preview --stack acme/pets/dev")).toContain("is not here, but in file://");
  });

  test("the command is not run when Quillon can't say what is required", async () => {
    const cut = ada.with({ QUILLON_URL: "http://127.0.0.1:1" });
    const printed = await cut.fails("quillon run -- pulumi up --yes");
    expect(printed).toContain("The command was not run.");
    expect(printed).toContain("--break-glass REASON");
    expect(printed).not.toContain("Updating");
    expect(await ada.with({ QUILLON_TOKEN: "wrong" }).fails("quillon run -- pulumi up --yes")).toContain(
      "The command was not run.",
    );
  });

  test("of a CLI that is killed half-way the events so far are sent, and the receipt is incomplete", async () => {
    await ada.ok("pulumi config set kill true");
    const { code } = await ada.run("quillon run -- pulumi up --yes --skip-preview");
    expect(code).toBe(137);
    const receipt = await newestReceipt("pets/dev");
    expect(receipt).toMatchObject({ status: "incomplete", update: { outcome: "failed" } });
    expect(receipt.reasons).toContain("The event with which a run ends never came.");
    expect(receipt.packs[0].analysed).toBeGreaterThan(0);
  });
});
