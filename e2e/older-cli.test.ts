import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { olderCli } from "../tools/toolchain/clis.ts";
import { passwordsAreEnforced } from "./harness/enforcement.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { example } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { consoleUrl, openWorld, type World } from "./harness/world.ts";

// The steps of enforce.test.ts on an older CLI, in order. `npm run toolchain -- --all` builds this CLI.

describe.skipIf(!hasPulumi(olderCli))(`Pulumi CLI ${olderCli.version}`, () => {
  let world: World;
  let alice: Terminal;
  let inPack: Terminal;
  let inProgram: Terminal;

  beforeAll(async () => {
    world = await openWorld();
    alice = withPulumi(olderCli, world.person("alice"));
    inPack = alice.in(example(world, "packs/passwords"));
    inProgram = alice.in(example(world, "programs/passwords"));
  });

  afterAll(() => world.close());

  /** In this version, publish does not end the pack's process. The process writes its id to a file, so that the test can end it. */
  async function publish(): Promise<{ published: string; leftBehind: number }> {
    const pid = join(world.dir, "pid");
    const note = `if (/run-policy-pack/.test(process.argv[1])) require("node:fs").writeFileSync("${pid}", String(process.pid));`;
    writeFileSync(join(world.dir, "note.cjs"), note);
    const noting = inPack.with({ NODE_OPTIONS: `--require ${join(world.dir, "note.cjs")}` });
    const published = await noting.ok("pulumi policy publish acme");
    return { published, leftBehind: Number(readFileSync(pid, "utf8")) };
  }

  test("is the CLI that runs", async () => {
    expect(await alice.ok("pulumi version")).toBe(`v${olderCli.version}\n`);
  });

  test("pulumi login and pulumi whoami show the user", async () => {
    const { url } = world.server;
    const login = await alice.with({ PULUMI_ACCESS_TOKEN: world.adminToken }).ok(`pulumi login ${url}`);
    expect(login).toContain(`Logged in to ${url} as admin (${consoleUrl}/admin)`);
    expect(await alice.ok("pulumi whoami")).toBe("admin\n");
  });

  test("pulumi policy publish, ls and enable publish a pack and enable it", async () => {
    const { published, leftBehind } = await publish();
    process.kill(leftBehind);
    expect(published).toContain('Publishing "passwords" - version 1.0.0 to "acme"');
    expect(published).toContain(`Permalink: ${consoleUrl}/acme/insights/policypacks/passwords/1.0.0`);
    expect(await alice.ok("pulumi policy ls acme")).toMatch(/^passwords\s+1\.0\.0\s*$/m);
    await alice.ok("pulumi policy enable acme/passwords latest");
    expect(await alice.ok("pulumi policy group ls acme")).toMatch(/^default-policy-group\s+Y\s+1\s+0\s*$/m);
  });

  test("pulumi stack init adds the stack to the default group", async () => {
    await inProgram.ok("pulumi stack init acme/dev");
    expect(await alice.ok("pulumi policy group ls acme")).toMatch(/^default-policy-group\s+Y\s+1\s+1\s*$/m);
  });

  passwordsAreEnforced(`v${olderCli.version}`, () => ({ alice, inProgram }));

  test("pulumi policy rm, pulumi destroy and pulumi stack rm remove the pack, the resources and the stack", async () => {
    await alice.ok("pulumi policy rm acme/passwords all --yes");
    expect(await alice.ok("pulumi policy ls acme")).not.toContain("passwords");
    await inProgram.ok("pulumi destroy --yes");
    expect(await inProgram.ok("pulumi stack rm --yes")).toContain("Stack 'dev' has been removed!");
    expect(await inProgram.ok("pulumi stack ls")).not.toMatch(/^dev/m);
  });
});
