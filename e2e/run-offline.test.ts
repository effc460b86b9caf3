import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack, program } from "./harness/sources.ts";
import { resourcesOf } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

const policies = `[
  {
    name: "long-enough",
    description: "A pet's name has two words.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, props }, reportViolation) => {
      if (type.startsWith("random:") && props.length < 2) reportViolation("This pet's name is too short.");
    },
  },
]`;

// The stack's state is in a folder, and Quillon is not always there.
let world: World;
let ada: Terminal;

beforeAll(async () => {
  world = await openWorld();
  await world.admin.in(pack(world, "names", { policies })).ok("quillon policy publish acme");
  await world.admin.ok("pulumi policy enable acme/names latest");
  const state = join(world.dir, "state");
  mkdirSync(state);
  ada = world
    .person("ada")
    .with({ PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "correct horse" })
    .with({ QUILLON_URL: world.server.url, QUILLON_TOKEN: world.adminToken })
    .in(program(world, "pets", 'resource("rex", { length: config.getNumber("length") ?? 1 });'));
  await ada.ok("pulumi stack init dev");
});

afterAll(() => world.close());

/** The receipts of the stack's updates, the newest first. */
async function receipts() {
  const listed = await world.admin.json<{ updateID: string; dryRun: boolean }[]>(
    "quillon receipt ls --org acme --stack pets/dev --json",
  );
  const signed = [];
  for (const { updateID } of listed.filter(({ dryRun }) => !dryRun))
    signed.push(await world.admin.json<{ receipt: string }>(`quillon receipt show ${updateID} --org acme --json`));
  return signed.map(({ receipt }) => JSON.parse(receipt));
}

describe("quillon run, while the server can't be reached", () => {
  const up = "quillon run --org acme --bundle requirements --key quillon.pem -- pulumi up --yes --skip-preview";

  test("a file of requirements has the packs, and a violation stops the command", async () => {
    await ada.ok("quillon receipt key > quillon.pem");
    const exported = await ada.ok("quillon run export --output-file requirements 2>&1");
    expect(exported).toContain("Stack acme/pets/dev must run names 1.0.0.");
    await world.server.stop();
    // Nothing is left of what a run has fetched before.
    rmSync(join(world.dir, "home", "ada", ".cache"), { recursive: true, force: true });
    const { code, all } = await ada.run(up);
    expect(all).toContain("must run names 1.0.0, by what was required at ");
    expect(all).toContain("This pet's name is too short.");
    expect(all).toContain("is kept, and sent with the next quillon run");
    expect(code).toBe(255);
    expect(await resourcesOf(ada)).not.toContain("rex");
  });

  test("the fixed program passes", async () => {
    await ada.ok("pulumi config set length 2");
    await ada.ok(up);
    expect(await resourcesOf(ada)).toContain("rex");
  });

  test("a file that can't be used runs nothing", async () => {
    await ada.ok("pulumi stack init prod");
    const printed = await ada.fails(up);
    expect(printed).toContain("requirements is not of stack prod of project pets");
    expect(printed).toContain("The command was not run.");
    expect(printed).not.toContain("Updating");
    await ada.ok("pulumi stack select dev");
  });

  test("what the runs did is there when the server is", async () => {
    await world.server.start();
    const printed = await ada.ok(`${up} 2>&1`);
    expect(printed.match(/Quillon has been told of an earlier run/g)).toHaveLength(2);
    const [live, passed, stopped] = await receipts();
    const afterwards = { requirements: { changed: [] }, ran: { from: expect.any(String) } };
    const packs = [{ pack: "names", tag: "1.0.0", unanalysed: { count: 0 } }];
    expect(stopped).toMatchObject({ status: "complete", update: { outcome: "failed" }, basis: afterwards, packs });
    expect(passed).toMatchObject({ status: "complete", update: { outcome: "succeeded" }, basis: afterwards, packs });
    expect(passed.says).toContain("complete, as reported by the client, afterwards, of a run at ");
    expect(live).toMatchObject({ status: "complete", basis: { requirements: { changed: [] } } });
    expect(live.basis).not.toHaveProperty("ran");
  });

  test("--break-glass runs without the packs, warns, and is reported when the server is back", async () => {
    await world.server.stop();
    await ada.ok("pulumi config set length 1");
    const broken = (more = "") =>
      `quillon run ${more} --break-glass "Quillon is down." -- pulumi up --yes --skip-preview 2>&1`;
    const shown = await ada.ok(broken("--print"));
    expect(shown).toMatch(/would be run WITHOUT the required policy packs/);
    expect(shown).not.toContain("This is kept on this machine");
    expect(shown).toMatch(/^env PULUMI_DEBUG_COMMANDS=true pulumi up --event-log=\S+ --yes --skip-preview$/m);
    expect(await ada.ok(broken())).toContain("WITHOUT the required policy packs");

    await world.server.start();
    const now = await ada.ok(broken("--print"));
    expect(now).toContain("--break-glass is not needed");
    expect(now).toMatch(/^env PULUMI_DEBUG_COMMANDS=true pulumi up --event-log=\S+ --policy-pack=\S+ /m);
    expect(now).not.toContain("Quillon has been told");
    expect(await ada.fails(broken())).toContain("Quillon has been told of an earlier run");
    const [, unguarded] = await receipts();
    expect(unguarded).toMatchObject({ status: "missing", update: { outcome: "succeeded" } });
    expect(unguarded.reasons).toContain("It ran without what it must run (--break-glass): Quillon is down.");
  });
});
