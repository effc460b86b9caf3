import { afterAll, beforeAll, expect, test } from "vitest";
import { pack, program } from "./harness/sources.ts";
import { resourcesOf } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// Two stacks violate a policy that is enabled only after they were updated.

let world: World;
let inProgram: Terminal;

const longPets = `[
  {
    name: "long-pets",
    description: "A pet's name has two words.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, props }, reportViolation) => {
      if (type.startsWith("random:") && props.length < 2) reportViolation("This pet's name is too short.");
    },
  },
  {
    name: "no-short-pets",
    description: "No pet of a stack has a short name.",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, reportViolation) => {
      if (resources.some(({ props }) => props.length < 2)) reportViolation("The stack has a pet with a short name.");
    },
  },
]`;

beforeAll(async () => {
  world = await openWorld();
  inProgram = world.admin.in(program(world, "pets", 'resource("rex", { length: config.requireNumber("length") });'));
  for (const stack of ["acme/gone", "acme/dev"]) {
    await inProgram.ok(`pulumi stack init ${stack}`);
    await inProgram.ok("pulumi config set length 1");
    await inProgram.ok("pulumi up --yes --skip-preview");
  }
  await world.admin.in(pack(world, "late", { policies: longPets })).ok("pulumi policy publish acme");
  await world.admin.ok("pulumi policy enable acme/late latest");
});

afterAll(() => world.close());

test.each(["pulumi preview", "pulumi up --yes", "pulumi up --yes --skip-preview"])(
  "a violation stops %s",
  async (line) => {
    const printed = await inProgram.fails(line);
    expect(printed).toContain("❌ late@v1.0.0");
    expect(printed).toContain("This pet's name is too short.");
  },
);

test.each([
  "pulumi stack export --file state.json && pulumi stack import --file state.json",
  "pulumi refresh --yes",
  "pulumi import --yes --generate-code=false --protect=false random:index/randomPet:RandomPet tom an-id",
  "pulumi destroy --yes --stack acme/gone",
])("%s runs no pack and succeeds", async (line) => {
  const printed = await inProgram.ok(line);
  expect(printed).not.toContain("Loading policy packs");
  expect(printed).not.toContain("[mandatory]");
});

test("the commands that ran without packs changed the state", async () => {
  expect(await resourcesOf(inProgram)).toEqual(["rex", "tom"]);
  expect(await resourcesOf(inProgram, "acme/gone")).toEqual([]);
});

// The engine does not run resource policies for resources that it only refreshes. Stack policies get all resources.
// https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/resource/deploy/step_generator.go#L859
// The CLI shows the violations of a refresh only in its detailed view, so the test uses --diff.
test("pulumi refresh --run-program runs packs, and a violation stops it", async () => {
  const printed = await inProgram.fails("pulumi refresh --yes --run-program --diff");
  expect(printed).toContain("late@v1.0.0 [mandatory]  no-short-pets");
  expect(printed).toContain("The stack has a pet with a short name.");
});

test("pulumi up after the fix succeeds", async () => {
  await inProgram.ok("pulumi config set length 2");
  expect(await inProgram.ok("pulumi up --yes")).toContain("✅ late@v1.0.0");
  await inProgram.ok("pulumi refresh --yes --run-program");
});
