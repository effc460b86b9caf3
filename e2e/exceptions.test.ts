import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";
import { newerCli, olderCli } from "../tools/toolchain/clis.ts";
import { send } from "./harness/api.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { printedToken } from "./harness/printed-token.ts";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// Policy exceptions with the CLI that has commands for them: docs/guide/exceptions.md.

const policies = `[{
  name: "two-words", description: "A pet's name has two words.", enforcementLevel: "mandatory",
  validateResource: ({ type, props }, reportViolation) => {
    if (type.startsWith("random:") && props.length < 2) reportViolation("This pet's name is too short.");
  },
}]`;

interface Exception {
  id: string;
  status: string;
  reason: string;
  match: { policies: string[]; targets: string[] }[];
}

describe.skipIf(!hasPulumi(newerCli) || !hasPulumi(olderCli))(
  `policy exceptions under Pulumi CLI ${newerCli.version}`,
  () => {
    let world: World;
    let inProgram: Terminal;
    const urn = "urn:pulumi:dev::pets::random:index/randomPet:RandomPet::rex";

    beforeAll(async () => {
      world = await openWorld();
      const newer = withPulumi(newerCli, world.admin).with({ PULUMI_EXPERIMENTAL: "true" });
      inProgram = newer.in(program(world, "pets", 'resource("rex", { length: 1 });'));
      await inProgram.ok("pulumi stack init acme/dev");
      const rules = pack(world, "rules", { policies, sdk: "@quillon/policy" });
      linkSdk(rules);
      await newer.in(rules).ok("pulumi policy publish acme");
      await newer.ok("pulumi policy enable acme/rules latest");
    });

    afterAll(() => world.close());

    const list = async (flags = "") =>
      (
        await inProgram.json<{ exceptions: Exception[] }>(
          `pulumi policy exception list --org acme --output json ${flags}`,
        )
      ).exceptions;

    test("a violation blocks, until an exception is made from it, and again once that is removed", async () => {
      expect(await inProgram.fails("pulumi preview")).toContain("This pet's name is too short.");
      const made = await inProgram.json<{ id: string; violations: object[]; exception: object }>(
        'pulumi policy exception new acme/rules --reason "It is old." --expires-in 1d --yes --output json',
      );
      expect(made).toMatchObject({ id: "EXC-1", violations: [{ policy: "two-words", urn }] });
      const preview = await inProgram.ok("pulumi preview --show-policy-exceptions");
      expect(preview).toContain("EXC-1");
      expect(preview).toContain("It is old.");
      expect(await inProgram.ok("pulumi up --yes")).toContain("rules@v1.0.0");
      const [exception] = await list();
      expect(exception).toMatchObject({ id: "EXC-1", status: "active", reason: "It is old." });
      expect(exception?.match).toEqual([{ policies: ["two-words"], targets: [urn] }]);
      const again = await inProgram.ok(
        'pulumi policy exception new acme/rules --reason "It is old." --expires-in 1d --yes --output json --update',
      );
      expect(again).not.toContain("EXC-2");
      expect(await inProgram.json("pulumi policy exception get EXC-1 --org acme --output json")).toMatchObject({
        id: "EXC-1",
        policyPack: "rules",
      });
      await inProgram.ok("pulumi policy exception remove EXC-1 --org acme --yes");
      await inProgram.ok("pulumi policy exception remove EXC-1 --org acme --yes");
      expect(await list()).toEqual([]);
      expect(await list("--status removed")).toMatchObject([{ id: "EXC-1", status: "removed" }]);
      expect(await inProgram.fails("pulumi preview")).toContain("This pet's name is too short.");
    });

    test("where others must agree one is asked for, and when it is applied the oldest CLI goes on, too", async () => {
      const rule = { approval: true, longestHours: 24, endRequired: true, forbiddenFrom: null };
      await send(world, "PUT /api/quillon/orgs/acme/exception-rule", rule);
      const asked = await inProgram.json<{ changeRequestId: string; changeRequestStatus: string }>(
        'pulumi policy exception new acme/rules --reason "It is older." --expires-in 1d --yes --output json',
      );
      expect(asked.changeRequestStatus).toBe("pending");
      const path = `/api/change-requests/acme/${asked.changeRequestId}`;
      const older = withPulumi(olderCli, inProgram);
      expect(await older.fails("pulumi preview --stack acme/dev")).toContain("This pet's name is too short.");
      const ann = await printedToken(world.admin, "quillon user add ann --org acme --role policy-manager");
      await send({ ...world, adminToken: ann }, `POST ${path}/approve`, { revisionNumber: 1, comment: "Yes." });
      await send(world, `POST ${path}/apply`, {});
      expect(await list()).toMatchObject([{ id: "EXC-2", reason: "It is older." }]);
      expect(await older.ok("pulumi preview --stack acme/dev")).toContain("EXC-2");
    });
  },
);
