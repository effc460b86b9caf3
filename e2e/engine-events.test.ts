import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repositoryDir } from "../tools/repository.ts";
import { newerCli, olderCli } from "../tools/toolchain/clis.ts";
import { localPolicies, requiredPolicies, runs, source, type } from "./harness/event-runs.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// The engine events of one stack's life, from the oldest and the newest CLI. With QUILLON_RECORD=1 they are written to
// testdata/engine-events, where the tests of what they mean read them.

describe.each([olderCli, newerCli].filter(hasPulumi))("Pulumi CLI $version", (cli) => {
  let world: World;
  let inProgram: Terminal;
  let local: string;

  beforeAll(async () => {
    world = await openWorld();
    const published = pack(world, "pets", { policies: requiredPolicies });
    await world.admin.in(published).ok("pulumi policy publish acme");
    await world.admin.ok("pulumi policy enable acme/pets latest");
    local = pack(world, "local", { policies: localPolicies });
    inProgram = withPulumi(cli, world.admin).in(program(world, "pets", source));
    await inProgram.ok("pulumi stack init acme/dev");
  });
  afterAll(() => world.close());

  test.each(runs)("$name", async (run) => {
    const printed = await type(inProgram, run, local);
    const update = /\/(?:updates|previews)\/([0-9a-f-]+)/.exec(printed)?.[1];
    const response = await fetch(`${world.server.url}/api/stacks/acme/pets/dev/update/${update}/events`, {
      headers: { authorization: `token ${world.adminToken}` },
    });
    const { events } = (await response.json()) as { events: object[] };
    expect(events.at(-1), printed).toHaveProperty("summaryEvent");
    if (!process.env.QUILLON_RECORD) return;
    const dir = join(repositoryDir, "testdata", "engine-events", cli.version);
    mkdirSync(dir, { recursive: true });
    const lines = events.map((event) => JSON.stringify(event).replaceAll(world.dir, "/home/alice"));
    writeFileSync(join(dir, `${run.name}.jsonl`), `${lines.join("\n")}\n`);
  });
});
