import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

let world: World;
let inProgram: Terminal;

const first = "correct-horse";
const second = "battery-staple";
const backwards = (text: string) => [...text].reverse().join("");

/** The CLI masks secrets in its output. These policies print them backwards, so that the test can see what they got. */
const reader = `[
  {
    name: "reads-properties",
    description: "Prints a resource's secret.",
    enforcementLevel: "advisory",
    validateResource: ({ type, props }, reportViolation) => {
      if (type.startsWith("random:")) reportViolation("property: " + [...props.prefix].reverse().join(""));
    },
  },
  {
    name: "reads-configuration",
    description: "Prints the program's secret.",
    enforcementLevel: "advisory",
    validateResource: ({ type }, reportViolation) => {
      const secret = JSON.parse(process.env.PULUMI_CONFIG)["vault:second"];
      if (type.startsWith("random:")) reportViolation("configuration: " + [...secret].reverse().join(""));
    },
  },
]`;

beforeAll(async () => {
  world = await openWorld();
  const source =
    'resource("rex", { prefix: config.requireSecret("first") });\nexports.second = config.requireSecret("second");';
  inProgram = world.admin.in(program(world, "vault", source));
  await inProgram.ok("pulumi stack init acme/dev");
});

afterAll(() => world.close());

const settings = () => readFileSync(join(inProgram.dir, "Pulumi.dev.yaml"), "utf8");

test("pulumi config set --secret writes a value that the server encrypted", async () => {
  await inProgram.ok(`pulumi config set --secret first ${first}`);
  await inProgram.ok(`pulumi config set --secret second ${second}`);
  expect(settings().match(/secure: \S+/g)).toHaveLength(2);
  expect(settings()).not.toContain(first);
  expect(await inProgram.ok("pulumi config get first")).toBe(`${first}\n`);
});

test("pulumi config --show-secrets decrypts all secrets", async () => {
  const shown = await inProgram.ok("pulumi config --show-secrets");
  expect(shown).toMatch(new RegExp(`^first\\s+${first}\\s*$`, "m"));
  expect(shown).toMatch(new RegExp(`^second\\s+${second}\\s*$`, "m"));
  expect(await inProgram.ok("pulumi config")).not.toContain(second);
});

test("policies get secrets in plain text, in previews and in updates", async () => {
  await world.admin.in(pack(world, "reader", { policies: reader })).ok("pulumi policy publish acme");
  await world.admin.ok("pulumi policy enable acme/reader latest");
  for (const line of ["pulumi preview", "pulumi up --yes --skip-preview"]) {
    const printed = await inProgram.ok(line);
    expect(printed).toContain(`property: ${backwards(first)}`);
    expect(printed).toContain(`configuration: ${backwards(second)}`);
    expect(printed).not.toContain(first);
  }
});

test("state and outputs show ciphertext, and the secrets only with --show-secrets", async () => {
  const exported = await inProgram.ok("pulumi stack export");
  expect(exported).toContain('"ciphertext"');
  expect(exported).not.toContain(first);
  expect(await inProgram.ok("pulumi stack export --show-secrets")).toContain(first);
  expect(await inProgram.ok("pulumi stack output second")).toBe("[secret]\n");
  expect(await inProgram.ok("pulumi stack output second --show-secrets")).toBe(`${second}\n`);
});

test("a restarted server still decrypts secrets, and its folder has no secret in plain text", async () => {
  expect(await world.server.stop()).toMatchObject({ code: 0 });
  const found = await world.admin.run(`grep -rlaE '${first}|${second}|${world.adminToken}' ${world.server.dataDir}`);
  expect(found).toMatchObject({ code: 1, all: "" });
  await world.server.start();
  expect(await inProgram.ok("pulumi config get second")).toBe(`${second}\n`);
});

test("pulumi stack change-secrets-provider moves secrets to a passphrase and back to the server", async () => {
  const passphrase = inProgram.with({ PULUMI_CONFIG_PASSPHRASE: "open sesame" });
  // The CLI prompts for a new passphrase, even if the environment has one.
  await passphrase.ok("yes 'open sesame' | pulumi stack change-secrets-provider passphrase");
  expect(settings()).toMatch(/^encryptionsalt: /m);
  await inProgram.fails("pulumi config get first");
  expect(await passphrase.ok("pulumi stack output second --show-secrets")).toBe(`${second}\n`);
  await passphrase.ok("pulumi stack change-secrets-provider default");
  expect(settings()).not.toMatch(/^encryptionsalt: /m);
  expect(await inProgram.ok("pulumi config get first")).toBe(`${first}\n`);
  expect(await inProgram.ok("pulumi preview")).toContain("2 unchanged");
});
