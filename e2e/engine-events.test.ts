import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";
import { repositoryDir } from "../tools/repository.ts";
import { newerCli, olderCli } from "../tools/toolchain/clis.ts";
import { send } from "./harness/api.ts";
import {
  excepted,
  localPolicies,
  type Run,
  requiredPolicies,
  runs,
  source,
  type,
  upExcepted,
} from "./harness/event-runs.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { pack, program } from "./harness/sources.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// The engine events that the oldest and the newest CLI send, and that the tests of findings read in testdata/engine-events.
// With QUILLON_RECORD=1 all runs are done and written there; without it, the first run must still send what was recorded.

const recording = Boolean(process.env.QUILLON_RECORD);

interface Event {
  [kind: string]: { metadata?: { op: string; urn: string }; resourceUrn?: string; policyName?: string } | number;
}

/** What an event is about, without times and ids. */
function about(event: Event): string {
  const [kind = "", fields] = Object.entries(event).find(([name]) => name.endsWith("Event")) ?? [];
  const { metadata, resourceUrn, policyName } = typeof fields === "object" ? fields : {};
  return [kind, metadata?.op, metadata?.urn ?? resourceUrn, policyName].filter(Boolean).join(" ");
}

describe.each([olderCli, newerCli].filter(hasPulumi))("engine events of Pulumi CLI $version", (cli) => {
  const dir = join(repositoryDir, "testdata", "engine-events", cli.version);
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

  /** Records what the run sent, or compares it with what was recorded. */
  async function does(run: Run): Promise<void> {
    const printed = await type(inProgram, run, local);
    const update = /\/(?:updates|previews)\/([0-9a-f-]+)/.exec(printed)?.[1];
    const response = await fetch(`${world.server.url}/api/stacks/acme/pets/dev/update/${update}/events`, {
      headers: { authorization: `token ${world.adminToken}` },
    });
    const { events } = (await response.json()) as { events: Event[] };
    expect(events.at(-1), printed).toHaveProperty("summaryEvent");
    const file = join(dir, `${run.name}.jsonl`);
    if (recording) {
      mkdirSync(dir, { recursive: true });
      const lines = events.map((event) => JSON.stringify(event).replaceAll(world.dir, "/home/alice"));
      writeFileSync(file, `${lines.join("\n")}\n`);
      return;
    }
    const recorded = readFileSync(file, "utf8").trim().split("\n");
    expect(events.map(about).sort()).toEqual(recorded.map((line) => about(JSON.parse(line))).sort());
  }

  test.each(recording ? runs : runs.slice(0, 1))("$name", does);

  if (recording)
    test("up-excepted", async () => {
      const rules = pack(world, "rules", { policies: requiredPolicies, sdk: "@quillon/policy" });
      linkSdk(rules);
      await world.admin.in(rules).ok("pulumi policy publish acme");
      await world.admin.ok("pulumi policy disable acme/pets --version 1.0.0");
      await world.admin.ok("pulumi policy enable acme/rules latest");
      await send(world, "POST /api/orgs/acme/policy/exceptions", excepted);
      await does(upExcepted);
    });
});
