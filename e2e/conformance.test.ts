import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { conformance } from "../tools/toolchain/paths.ts";
import { printedToken } from "./harness/printed-token.ts";
import { pack, program, twoWords } from "./harness/sources.ts";
import { openWorld } from "./harness/world.ts";

// Pulumi publishes a typed Go client of its service's API. Programs that use it work with Quillon.

test.runIf(existsSync(conformance))("every answer is as Pulumi's client of the API expects it", async () => {
  const world = await openWorld({ QUILLON_DELTA_CUTOFF: "0" });
  try {
    const { admin } = world;
    await admin.in(pack(world, "pets", { policies: twoWords })).ok("pulumi policy publish acme");
    await admin.ok("pulumi policy enable acme/pets latest");
    const terminal = admin.in(program(world, "pets", `resource("rex", { length: 1 });`));
    await terminal.ok("pulumi stack init acme/dev");
    await terminal.ok("pulumi up --yes --skip-preview");
    await admin.ok("quillon org add second");
    await admin.ok("quillon user add bob --org second");
    const approver = await printedToken(admin, "quillon user add ann --org acme --role policy-manager");
    const { code, stdout, all } = await admin.run(
      `${conformance} -org acme -stack pets/dev -member bob -approver ${approver}`,
    );
    expect(stdout).toBe("");
    expect(all).toMatch(/^\d{3} calls, 0 differences$/m);
    expect(code).toBe(0);
  } finally {
    await world.close();
  }
});
