import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPostgres, openPostgresWorld } from "./harness/postgres-world.ts";
import { pack, program } from "./harness/sources.ts";
import { resourcesOf } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import type { World } from "./harness/world.ts";

describe.skipIf(!hasPostgres)("on PostgreSQL", () => {
  let world: World;
  let inProgram: Terminal;

  beforeAll(async () => {
    world = await openPostgresWorld();
    const source =
      'resource("rex", { length: config.requireNumber("length"), prefix: config.requireSecret("prefix") });';
    inProgram = world.admin.in(program(world, "pets", source));
  });

  afterAll(() => world?.close());

  test("a violating program is stopped, and the fixed program passes", async () => {
    const policies = `[{
      name: "long-pets",
      description: "A pet's name has two words.",
      enforcementLevel: "mandatory",
      validateResource: ({ type, props }, reportViolation) => {
        if (type.startsWith("random:") && props.length < 2) reportViolation("This pet's name is too short.");
      },
    }]`;
    await world.admin.in(pack(world, "pets", { policies })).ok("pulumi policy publish acme");
    await world.admin.ok("pulumi policy enable acme/pets latest");
    await inProgram.ok("pulumi stack init acme/dev");
    await inProgram.ok("pulumi config set length 1 && pulumi config set --secret prefix king");
    expect(await inProgram.fails("pulumi up --yes")).toContain("This pet's name is too short.");
    expect(await resourcesOf(inProgram)).toEqual([]);

    await inProgram.ok("pulumi config set length 2");
    expect(await inProgram.ok("pulumi up --yes")).toContain("✅ pets@v1.0.0");
  });

  test("pulumi destroy and pulumi stack rm remove the resources and the stack", async () => {
    await inProgram.ok("pulumi destroy --yes && pulumi stack rm --yes");
    await world.admin.ok("pulumi policy disable acme/pets");
    const history = await inProgram.run("pulumi stack history --stack acme/dev");
    expect(history.all).toContain("no stack named 'acme/dev' found");
  });
});
