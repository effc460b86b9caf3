import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cli, newerCli, pinnedCli } from "../tools/toolchain/clis.ts";
import { hasPulumi, withPulumi } from "./harness/other-cli.ts";
import { program } from "./harness/sources.ts";
import type { Exported } from "./harness/state.ts";
import type { Terminal } from "./harness/terminal.ts";
import { openWorld, type World } from "./harness/world.ts";

// A CLI stores the state of an update in one of three ways. The same program leaves the same state in each.

/** The second run changes, replaces, renames, removes and makes resources. */
const pets = `
  const second = process.env.RUN === "2";
  const secret = pulumi.secret("s3cret");
  const parent = resource(second ? "leader" : "parent", { length: 2 }, second ? { aliases: [{ name: "parent" }] } : {});
  const child = resource("child", { prefix: second ? "b" : "a", separator: secret }, { parent });
  resource("friend", { keepers: { child: child.id } }, { dependsOn: [parent], protect: true });
  if (second) resource("new", { length: 3 }, { deletedWith: parent });
  else resource("gone", {}, { dependsOn: [child] });
`;

const plain = { PULUMI_OPTIMIZED_CHECKPOINT_PATCH: "false", PULUMI_DISABLE_JOURNALING: "true" };
const deltas = { PULUMI_DISABLE_JOURNALING: "true" };
const journal = { PULUMI_ENABLE_JOURNALING: "true" };

describe.skipIf(!hasPulumi(newerCli))("the state of a stack", () => {
  let world: World;
  let admin: Terminal;
  beforeAll(async () => {
    world = await openWorld({ QUILLON_DELTA_CUTOFF: "0", QUILLON_LOG_LEVEL: "info" });
    admin = world.admin.in(program(world, "pets", pets));
  });
  afterAll(() => world.close());

  test.each<[cli: Cli, modes: Record<string, Record<string, string>>]>([
    [pinnedCli, { plain, deltas, journal }],
    [newerCli, { plain, journal: {} }],
  ])("is the same, however CLI $version sends it", async (cli, modes) => {
    const states: Record<string, unknown[]> = {};
    for (const [mode, env] of Object.entries(modes)) {
      const stack = `acme/${mode}-${cli.version.split(".")[1]}`;
      const terminal = withPulumi(cli, admin.with(env));
      await terminal.ok(`pulumi stack init ${stack}`);
      states[mode] = [];
      for (const RUN of ["1", "2"]) {
        await terminal.with({ RUN }).ok(`pulumi up --yes --skip-preview --stack ${stack}`);
        states[mode].push(comparable(await terminal.ok(`pulumi stack export --stack ${stack}`), stack));
      }
      await terminal.with({ RUN: "2" }).ok(`pulumi refresh --yes --skip-preview --stack ${stack}`);
      states[mode].push(comparable(await terminal.ok(`pulumi stack export --stack ${stack}`), stack));
    }
    for (const mode of Object.keys(modes)) expect(states[mode], mode).toEqual(states.plain);
    expect(JSON.stringify(states.plain?.[1])).toMatch(/::leader.*::new/);
  });

  test("was sent in each of these ways", async () => {
    const { all: log } = await world.server.stop();
    for (const route of ["checkpoint", "checkpointverbatim", "checkpointdelta", "journalentries"])
      expect(log).toMatch(new RegExp(`/${route}"[^\n]*"status":200`));
    expect(log).not.toMatch(/\/(checkpoint\w*|journalentries)"[^\n]*"status":[45]/);
  });
});

/** Without what differs from run to run: times, ids, ciphertexts, and the order of what depends on nothing. */
function comparable(exported: string, stack: string): unknown {
  const name = stack.slice(stack.indexOf("/") + 1);
  const text = exported
    .replaceAll(name, "STACK")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
    .replace(/-[0-9a-f]{8}"/g, '-ID"');
  const left = ["manifest", "created", "modified", "ciphertext"];
  const isDependencies = (value: unknown) => Array.isArray(value) && value.every((one) => `${one}`.startsWith("urn:"));
  const state = JSON.parse(text, (key, value) => {
    if (left.includes(key)) return undefined;
    // Node.js programs name what a resource depends on in the order in which it was found out.
    return isDependencies(value) ? value.sort() : value;
  }) as Exported;
  state.deployment.resources?.sort((one, other) => (one.urn < other.urn ? -1 : 1));
  return state;
}
