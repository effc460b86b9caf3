import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newerCli, olderCli, pinnedCli } from "../tools/toolchain/clis.ts";
import { send } from "./harness/api.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// What a stack must run when its own program brings the tags that decide on it.

const policies = `[{
  name: "short-names",
  description: "Names are short.",
  enforcementLevel: "mandatory",
  validateResource: (args, reportViolation) => {
    if (args.props.length > 3) reportViolation("Longer than 3.");
  },
}]`;

for (const cli of [olderCli, pinnedCli, newerCli])
  describe.skipIf(cli !== pinnedCli && !hasPulumi(cli))(`Pulumi CLI ${cli.version}`, () => {
    let world: World;
    let alice: Terminal;
    let inProgram: Terminal;

    beforeAll(async () => {
      world = await openWorld();
      alice = world.person("alice", world.adminToken);
      if (cli !== pinnedCli) alice = withPulumi(cli, alice);
      inProgram = alice.in(program(world, "pets", 'resource("rex", { length: 5 });'));
      await world.admin.in(pack(world, "names", { policies })).ok("pulumi policy publish acme");
      await group("production", { all: [{ tag: "env", value: "prod" }] });
      await group("pets-repository", { all: [{ tag: "vcs:repo", value: "pets" }] });
    });

    afterAll(() => world.close());

    async function group(name: string, selector: object): Promise<void> {
      await send(world, "POST /api/orgs/acme/policygroups", { name, entityType: "stacks" });
      await send(world, `PUT /api/quillon/orgs/acme/policygroups/${name}/selector`, { selector });
      await world.admin.ok(`pulumi policy enable acme/names latest --policy-group ${name}`);
    }

    test("the first update of a new stack runs the packs that the tags in its configuration ask for", async () => {
      await inProgram.ok("pulumi stack init acme/first");
      await inProgram.ok("pulumi config set --path pulumi:tags.env prod");
      expect(await inProgram.fails("pulumi up --skip-preview --yes")).toContain("Longer than 3.");
      expect(await inProgram.ok("pulumi stack export")).not.toContain("RandomPet");
    });

    test("a preview that brings another tag runs the packs of both, and the stack keeps its own", async () => {
      await inProgram.ok("pulumi stack init acme/second");
      await inProgram.ok("pulumi stack tag set env prod");
      await inProgram.ok("pulumi config set --path pulumi:tags.env dev");
      expect(await inProgram.fails("pulumi preview")).toContain("Longer than 3.");
      expect(await inProgram.ok("pulumi stack tag get env")).toBe("prod\n");
      expect(await inProgram.fails("pulumi up --skip-preview --yes")).toContain("Longer than 3.");
    });

    test("a stack whose tags ask for nothing runs nothing, and its first update writes its tags", async () => {
      await inProgram.ok("pulumi stack init acme/third");
      await inProgram.ok("pulumi config set --path pulumi:tags.env dev");
      expect(await inProgram.ok("pulumi preview")).not.toContain("Longer than 3.");
      expect(await inProgram.fails("pulumi stack tag get env")).toContain("env");
      expect(await inProgram.ok("pulumi up --yes")).not.toContain("Longer than 3.");
      expect(await inProgram.ok("pulumi stack tag get env")).toBe("dev\n");
      await alice.ok("pulumi destroy --yes --skip-preview --stack acme/pets/third");
      expect(await inProgram.ok("pulumi stack tag get env")).toBe("dev\n");
    });

    test("a tag that is removed between the preview and the update of one pulumi up does not refuse the update", async () => {
      const remove = 'require("node:child_process").execSync("pulumi stack tag rm team --stack acme/fourth")';
      const source = `if (pulumi.runtime.isDryRun()) ${remove};\nresource("tom", { length: 3 });`;
      const inOther = alice.in(program(world, "toms", source));
      await inOther.ok("pulumi stack init acme/fourth");
      await inOther.ok("pulumi stack tag set team blue");
      await group("blue", { all: [{ tag: "team", value: "blue" }] });
      expect(await inOther.ok("pulumi up --yes")).toContain("names@v1.0.0");
      await inOther.ok("pulumi destroy --yes");
    });

    describe("in a git repository that was made after the stack", () => {
      let inRepository: Terminal;

      beforeAll(async () => {
        inRepository = alice.in(program(world, "cats", 'resource("tom", { length: 5 });'));
        await inRepository.ok("pulumi stack init acme/fifth");
        await inRepository.ok("git init --quiet");
      });

      // CLIs write this tag also where the repository has no remote, in which case they name nothing when they create the
      // update: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/stack.go#L226
      test("an update is not refused for a tag that the request for it can't name", async () => {
        await group("in-repositories", { all: [{ tag: "vcs:root" }] });
        await inRepository.ok("pulumi up --skip-preview --yes");
      });

      test("its first update runs the packs that the repository's name asks for", async () => {
        await world.admin.ok("pulumi policy disable acme/names --policy-group in-repositories");
        await inRepository.ok("git remote add origin https://github.com/acme/pets.git");
        expect(await inRepository.fails("pulumi up --skip-preview --yes")).toContain("Longer than 3.");
      });
    });
  });
