// npm run bench -- enforce: what enforcement costs a developer. Times `pulumi preview` of a program with ten resources with no
// policy pack, with the pack as `--policy-pack`, with the same pack enforced by Quillon, and by `quillon run` where the stack's state is
// in a local folder. Everything is warm.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { example } from "../e2e/harness/sources.ts";
import type { Terminal } from "../e2e/harness/terminal.ts";
import { openWorld, type World } from "../e2e/harness/world.ts";
import { pairs, printPairs, time } from "./measure/ratios.ts";

const count = Number(process.env.ROUNDS ?? 15);

export async function main(): Promise<void> {
  const world = await openWorld();
  try {
    const pack = example(world, "packs/passwords");
    await world.admin.in(pack).ok("pulumi policy publish acme");
    await compare(world, pack);
    await compareElsewhere(world);
  } finally {
    await world.close();
  }
}

/** A stack of a program with ten resources. */
async function newStack(program: Terminal, name: string): Promise<void> {
  await program.ok(`pulumi stack init ${name}`);
  await program.ok("pulumi config set length 20");
  for (let i = 0; i < 10; i += 1) await program.ok(`pulumi config set --path 'services[${i}]' service-${i}`);
}

async function compare(world: World, pack: string): Promise<void> {
  const program = world.admin.in(example(world, "programs/passwords"));
  await newStack(program, "acme/bench");
  const none = () => time(() => program.ok("pulumi preview"));
  const local = () => time(() => program.ok(`pulumi preview --policy-pack ${pack}`));
  const enforced = async () => {
    await program.ok("pulumi policy enable acme/passwords latest");
    const ms = await time(() => program.ok("pulumi preview"));
    await program.ok("pulumi policy disable acme/passwords");
    return ms;
  };
  printPairs({ a: "--policy-pack", b: "no pack" }, await pairs(local, none, { count }), "ms");
  printPairs({ a: "enforced by Quillon", b: "--policy-pack" }, await pairs(enforced, local, { count }), "ms");
}

/** The same packs by hand are those that `quillon run` has fetched, because a published one may start sooner than its source. */
async function compareElsewhere(world: World): Promise<void> {
  const state = join(world.dir, "state");
  mkdirSync(state);
  const program = world
    .person("ada")
    .with({ PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "correct horse" })
    .with({ QUILLON_URL: world.server.url, QUILLON_TOKEN: world.adminToken })
    .in(example(world, "programs/passwords"));
  await newStack(program, "elsewhere");
  await world.admin.ok("pulumi policy enable acme/passwords latest");
  await program.ok("quillon run -- pulumi preview");
  const printed = await program.ok("quillon run --print -- pulumi preview");
  const packs = printed.match(/--policy-pack\S*=\S+/g);
  if (!packs) throw new Error(`quillon run adds no packs: ${printed}`);

  const byHand = () => time(() => program.ok(`pulumi preview ${packs.join(" ")}`));
  const guarded = () => time(() => program.ok("quillon run -- pulumi preview"));
  printPairs({ a: "quillon run", b: "the same packs by hand" }, await pairs(guarded, byHand, { count }), "ms");
}
