import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";
import { newerCli } from "../tools/toolchain/clis.ts";
import { configFile } from "./harness/files.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// docs/guide/check.md, as it is typed.

const policies = `[
  { name: "two-words", description: "A pet's name has two words.", enforcementLevel: "mandatory", severity: "high",
    url: "https://pets.example/names", remediationSteps: "Set length to 2.",
    validateResource: ({ type, props }, reportViolation) => {
      if (type.startsWith("random:") && props.length < 2) reportViolation("It has " + props.length + ".");
    } },
  { name: "prefix", description: "Prefixes are long.", validateResource: ({ props }, reportViolation) => {
      if (props.prefix?.length < 12) reportViolation("It is " + props.prefix + ".");
    } },
  { name: "few", description: "A stack has few pets.", enforcementLevel: "mandatory",
    configSchema: { properties: { most: { type: "integer", default: 1 } } },
    validateStack: ({ resources, getConfig }, reportViolation) => {
      const pets = resources.filter(({ type }) => type.startsWith("random:"));
      if (pets.length > getConfig().most) reportViolation(pets.length + " are too many.", pets[0].urn);
    } },
]`;

let world: World;
let inProgram: Terminal;
let ours: string;
let theirs: string;

beforeAll(async () => {
  world = await openWorld();
  const source = `resource("rex", { length: 1 }); resource("mia", { length: 3, prefix: pulumi.secret("hunter22") });`;
  inProgram = world.admin.in(program(world, "pets", source));
  await inProgram.ok("pulumi stack init acme/dev");
  await inProgram.ok("pulumi up --yes");
  await inProgram.ok("pulumi stack export --file state.json");
  await inProgram.ok("pulumi stack export --show-secrets --file shown.json");
  ours = pack(world, "ours", { policies, sdk: "@quillon/policy" });
  linkSdk(ours);
  theirs = pack(world, "theirs", { policies });
});

afterAll(() => world.close());

test("a pack is held against an exported state, and a secret that nobody opened is not evaluated", async () => {
  const said = await inProgram.fails(`quillon check state.json --policy-pack ${ours}`);
  expect(said).toContain("  random:index/randomPet:RandomPet rex\n    [mandatory] two-words (high)\n");
  expect(said).toContain("      How to fix it: Set length to 2.\n      More: https://pets.example/names\n");
  expect(said).toContain("[not evaluated] prefix\n      It reads prefix, a secret that is encrypted in this state.\n");
  expect(said).toContain(": 2 mandatory and 0 advisory violations, 1 not evaluated");
});

test("both SDKs say the same, the configuration counts, and secrets are kept", async () => {
  const config = configFile(world, "few.json", { few: { most: 2 }, "two-words": "advisory" });
  const given = [ours, theirs].map((one) => `--policy-pack ${one} --policy-pack-config ${config}`).join(" ");
  await inProgram.ok(`quillon check shown.json ${given} --json --output-file found.json`);
  const { counts, results } = JSON.parse(readFileSync(join(inProgram.dir, "found.json"), "utf8"));
  expect(counts).toMatchObject({ mandatory: 0, advisory: 4, notEvaluated: 0 });
  const of = (name: string) =>
    results.flatMap(({ pack, policy, urn, message }: Record<string, string>) =>
      pack === name ? [[policy, urn, message]] : [],
    );
  expect(of("ours")).toEqual(of("theirs"));
  expect(JSON.stringify(results)).not.toContain("hunter22");
});

test("--stack takes the state from the server, and what the stack must run", async () => {
  const check = "quillon check --stack acme/pets/dev";
  const nothing = await inProgram.run(check);
  expect(nothing).toMatchObject({
    code: 0,
    stdout: "acme/pets/dev must run no policy pack, so nothing was checked.\n",
  });

  await world.admin.in(theirs).ok("quillon policy publish acme --require-bundled");
  await world.admin.ok("quillon policy enable acme/theirs latest");
  // Without the Pulumi CLI: the first folder has quillon alone.
  const stopped = await inProgram.run(`PATH=\${PATH%%:*} ${check}`);
  expect(stopped.code).toBe(2);
  expect(stopped.all).toContain(
    "theirs 1.0.0 (required)\n  random:index/randomPet:RandomPet rex\n    [mandatory] two-words",
  );
  // The server has opened the secret.
  expect(stopped.all).toContain("[advisory] prefix\n      Prefixes are long.\n      It is [secret].\n");
  expect(stopped.all).toContain(
    "In acme/pets/dev, 4 resources and 1 policy pack: 2 mandatory and 1 advisory violation",
  );

  // A state of a file is held against the same, wherever it is from.
  const exported = await inProgram.run("pulumi stack export | quillon check - --stack acme/pets/dev");
  expect({ code: exported.code, stdout: exported.stdout }).toEqual({ code: 2, stdout: stopped.stdout });
  const unknown = await inProgram.run("quillon check state.json --stack acme/pets/elsewhere");
  expect(unknown.code).toBe(2);
  expect(unknown.all).toContain("against what a new stack of that name would have to run.");
  expect(unknown.all).toContain("In acme/pets/elsewhere, 4 resources and 1 policy pack: 2 mandatory");

  const few = configFile(world, "few-pets.json", { few: { most: 2 } });
  await world.admin.ok(`quillon policy enable acme/theirs 1.0.0 --config ${few}`);
  const targets = ["urn:pulumi:dev::pets::random:index/randomPet:RandomPet::rex"];
  const match = [{ policies: ["two-words"], targets }];
  const exception = configFile(world, "exception.json", { policyPack: "theirs", reason: "It is old.", match });
  await world.admin.ok(`quillon policy exception new --org acme --file ${exception} --yes`);
  await inProgram.ok(`${check} --json --output-file found.json`);
  const { organization, counts, packs } = JSON.parse(readFileSync(join(inProgram.dir, "found.json"), "utf8"));
  expect({ organization, ...counts }).toMatchObject({ organization: "acme", mandatory: 0, advisory: 1, excepted: 1 });
  expect(packs).toMatchObject([{ name: "theirs", version: "1.0.0", required: true }]);

  expect(await world.admin.fails("quillon policy rm acme/theirs all --yes")).toContain("default-policy-group");
  await world.admin.ok("quillon policy disable acme/theirs --version 1.0.0");
  await world.admin.ok("quillon policy rm acme/theirs all --yes");
  expect(await inProgram.ok(check)).toContain("must run no policy pack");
});

describe.skipIf(!hasPulumi(newerCli))(`beside pulumi policy analyze of ${newerCli.version}`, () => {
  test("a state has the same violations", async () => {
    const newer = withPulumi(newerCli, inProgram);
    const analyzed = await newer.fails(`pulumi policy analyze --file shown.json --policy-pack ${theirs} --json`);
    const events = analyzed
      .split("\n")
      .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line).policyEvent ?? []].flat() : []));
    const theirSay = events.map((one) => [one.policyName, one.enforcementLevel, one.resourceUrn]);
    await inProgram.fails(`quillon check shown.json --policy-pack ${theirs} --json --output-file found.json`);
    const { results } = JSON.parse(readFileSync(join(inProgram.dir, "found.json"), "utf8"));
    const ourSay = results.map(({ policy, level, urn }: Record<string, string>) => [policy, level, urn]);
    expect(theirSay.length).toBe(3);
    expect(ourSay.toSorted()).toEqual(theirSay.toSorted());
  });
});
