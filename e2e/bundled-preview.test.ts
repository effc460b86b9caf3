import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installedPacks, recordedResources } from "./harness/bundled-packs.ts";
import { program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// Some packs of bundled-same.test.ts, in previews of the Pulumi CLI: as they are, given with --policy-pack, and bundled, published by
// quillon and enforced. A provider that repeats what it is given stands in for that of AWS.

/** What may be refused is left out, because what else a preview that is stopped looks at is a matter of time. */
const packs = ["assets", "remediation", "stacks"];
const left = ["page", "door"];

let world: World;
let inProgram: Terminal;
let asTheyAre: string[];

beforeAll(async () => {
  world = await openWorld();
  const resources = recordedResources().filter(({ type, name }) => type.startsWith("aws:") && !left.includes(name));
  inProgram = world.admin.with({ PULUMI_DEBUG_COMMANDS: "true" }).in(program(world, "shop", source(resources)));
  await inProgram.ok("pulumi stack init acme/same");
  asTheyAre = await preview("as-they-are", packs.map((name) => `--policy-pack ${folder(name)}`).join(" "));
});

afterAll(() => world.close());

function source(resources: object[]): string {
  return `
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const { FileAsset, FileArchive } = pulumi.asset;
const read = (value) => {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(read);
  if (value[SIGNATURE] && value.value) return pulumi.secret(value.value);
  if (value[SIGNATURE]) return value.path === "./resize" ? new FileArchive(".") : new FileAsset("index.js");
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, read(one)]));
};
for (const { type, name, properties } of ${JSON.stringify(resources)}) {
  new pulumi.CustomResource(type, name, read(properties), { version: "7.14.0" });
}`;
}

const folder = (name: string) => join(installedPacks(), "packs", name);

interface EngineEvent {
  policyEvent?: Record<string, unknown>;
  policyRemediationEvent?: Record<string, unknown>;
}

/** What the packs did in a preview, in an order of its own. */
async function preview(name: string, options = ""): Promise<string[]> {
  const log = join(world.dir, `${name}.log`);
  const { all } = await inProgram.run(`pulumi preview --event-log ${log} ${options}`);
  expect(all).toContain("Policies:");
  const events = readFileSync(log, "utf8").trim().split("\n");
  return events
    .map((line) => JSON.parse(line) as EngineEvent)
    .flatMap(({ policyEvent, policyRemediationEvent }) => policyEvent ?? policyRemediationEvent ?? [])
    .map((event) => JSON.stringify(event))
    .sort();
}

test("the Pulumi CLI reports the same violations and makes the same remediations", async () => {
  for (const name of packs) {
    await world.admin.in(folder(name)).ok("quillon policy publish acme --require-bundled");
    await world.admin.ok(`pulumi policy enable acme/${name} latest`);
  }
  expect(await preview("bundled")).toEqual(asTheyAre);
  for (const name of packs) expect(asTheyAre.join("\n")).toContain(`"policyPackName":"${name}"`);
});
