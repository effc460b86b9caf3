import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { configFile } from "./harness/files.ts";
import { pack, program } from "./harness/sources.ts";
import { type Exported, nameOf, resourcesOf } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

let world: World;
let inProgram: Terminal;

/** Its remediation lengthens a short name, but not if the pet has a prefix. */
const pets = `[{
  name: "two-words",
  description: "A pet's name has two words.",
  enforcementLevel: "advisory",
  remediateResource: ({ type, props }) => {
    if (type.startsWith("random:") && props.length < 2 && !props.prefix) return { ...props, length: 2 };
  },
  validateResource: ({ type, props }, reportViolation) => {
    if (type.startsWith("random:") && props.length < 2) reportViolation("This pet's name is too short.");
  },
}]`;

const herd = `[{
  name: "one-pet",
  description: "A stack has one pet.",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, reportViolation) => {
    const pets = resources.filter(({ type }) => type.startsWith("random:"));
    if (pets.length > 1) reportViolation("This stack has " + pets.length + " pets.");
  },
}]`;

const owner = `[{
  name: "pet-owner",
  description: "A pet's stack has an owner.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, stackTags }, reportViolation) => {
    if (type.startsWith("random:") && !stackTags.has("owner")) reportViolation("Nobody owns this pet.");
  },
}, {
  name: "seen",
  description: "Reports the tags that it gets.",
  enforcementLevel: "advisory",
  validateStack: ({ stackTags }, reportViolation) => {
    reportViolation("The owner is " + stackTags.get("owner") + ", the project " + stackTags.get("pulumi:project") + ".");
  },
}]`;

const source = `
  const prefix = config.get("prefix");
  resource("rex", { length: config.getNumber("length") ?? 3, ...(prefix && { prefix }) });
  if (config.getBoolean("two")) resource("tom", { length: 3 });
`;

beforeAll(async () => {
  world = await openWorld();
  inProgram = world.admin.in(program(world, "pets", source));
  for (const [name, policies] of Object.entries({ pets, herd, owner })) {
    await world.admin.in(pack(world, name, { policies })).ok("pulumi policy publish acme");
  }
});

afterAll(() => world.close());

/** Enables a pack and makes a new stack for it. */
async function enforce(name: string): Promise<void> {
  await world.admin.ok(`pulumi policy enable acme/${name} latest`);
  await inProgram.ok(`pulumi stack init acme/${name}`);
}

async function inputsOf(name: string): Promise<Record<string, unknown> | undefined> {
  const { deployment } = await inProgram.json<Exported>("pulumi stack export");
  return deployment.resources?.find((resource) => nameOf(resource) === name)?.inputs;
}

describe("a policy with a remediation", () => {
  beforeAll(async () => {
    await enforce("pets");
    await inProgram.ok("pulumi config set length 1");
  });

  afterAll(() => world.admin.ok("pulumi policy disable acme/pets"));

  test("with its own level, advisory, does not change the resource", async () => {
    const up = await inProgram.ok("pulumi up --yes");
    expect(up).toContain("[advisory]  two-words  (random:index/randomPet:RandomPet: rex)");
    expect(await inputsOf("rex")).toMatchObject({ length: 1 });
  });

  test("changes the resource when the group's configuration sets the level remediate", async () => {
    const path = configFile(world, "remediate.json", { "two-words": { enforcementLevel: "remediate" } });
    await world.admin.ok(`pulumi policy enable acme/pets latest --config ${path}`);
    const preview = await inProgram.ok("pulumi preview");
    expect(preview).toContain("[remediate]  two-words  (1 resource)");
    expect(preview).toContain("~ 1 to update");
    const up = await inProgram.ok("pulumi up --yes");
    expect(up).toContain("[remediate]  two-words  (1 resource)");
    expect(up).not.toContain("This pet's name is too short.");
    expect(await inputsOf("rex")).toMatchObject({ length: 2 });
    expect(await inProgram.ok("pulumi up --yes")).toContain("2 unchanged");
  });

  test.each(["pulumi preview", "pulumi up --yes --skip-preview"])(
    "stops %s if the resource still violates the policy",
    async (line) => {
      const printed = await inProgram.fails(`${line} --config prefix=sir`);
      expect(printed).toContain("❌ pets@v1.0.0");
      expect(printed).toContain("[mandatory]  two-words  (random:index/randomPet:RandomPet: rex)");
      expect(printed).toContain("This pet's name is too short.");
      expect(await inputsOf("rex")).toMatchObject({ length: 2 });
    },
  );
});

describe("a mandatory stack policy", () => {
  beforeAll(() => enforce("herd"));

  afterAll(() => world.admin.ok("pulumi policy disable acme/herd"));

  test.each(["pulumi preview", "pulumi up --yes"])("stops %s, and nothing is created", async (line) => {
    const printed = await inProgram.fails(`${line} --config two=true`);
    expect(printed).toContain("[mandatory]  one-pet");
    expect(printed).toContain("This stack has 2 pets.");
    expect(await resourcesOf(inProgram)).toEqual([]);
  });

  test("fails pulumi up --skip-preview, which keeps the changes that it made", async () => {
    const up = await inProgram.fails("pulumi up --yes --skip-preview --config two=true");
    expect(up).toContain("[mandatory]  one-pet");
    expect(up).toContain("This stack has 2 pets.");
    expect(up).toContain("error: update failed");
    expect((await resourcesOf(inProgram)).sort()).toEqual(["rex", "tom"]);
    const [latest] = await inProgram.json<object[]>("pulumi stack history --json");
    expect(latest).toMatchObject({ kind: "update", result: "failed", resourceChanges: { create: 3 } });
  });

  test("lets an update pass that removes the violation", async () => {
    await inProgram.ok("pulumi up --yes --skip-preview --config two=false");
    expect(await resourcesOf(inProgram)).toEqual(["rex"]);
  });
});

describe("the stack's tags on the server", () => {
  beforeAll(() => enforce("owner"));

  test("are visible to policies", async () => {
    expect(await inProgram.fails("pulumi preview")).toContain("Nobody owns this pet.");
    await inProgram.ok("pulumi stack tag set owner jane");
    const preview = await inProgram.ok("pulumi preview");
    expect(preview).toContain("The owner is jane, the project pets.");
    expect(preview).not.toContain("Nobody owns this pet.");
  });

  test("are visible with their current values", async () => {
    await inProgram.ok("pulumi stack tag set owner john");
    expect(await inProgram.ok("pulumi up --yes")).toContain("The owner is john, the project pets.");
    await inProgram.ok("pulumi stack tag rm owner");
    expect(await inProgram.fails("pulumi up --yes --skip-preview")).toContain("Nobody owns this pet.");
  });
});
