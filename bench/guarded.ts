// npm run bench -- guarded: what `quillon run` adds to a `pulumi preview` of a stack whose state is a local folder, compared with the
// same preview with the same packs given by hand. Everything is warm.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { example } from "../e2e/harness/sources.ts";
import { openWorld, type World } from "../e2e/harness/world.ts";
import { pairs, printPairs, time } from "./measure/ratios.ts";

const count = Number(process.env.ROUNDS ?? 15);

export async function main(): Promise<void> {
  const world = await openWorld();
  try {
    await compare(world);
  } finally {
    await world.close();
  }
}

async function compare(world: World): Promise<void> {
  const pack = example(world, "packs/passwords");
  await world.admin.in(pack).ok("quillon policy publish acme");
  await world.admin.ok("pulumi policy enable acme/passwords latest");
  const state = join(world.dir, "state");
  mkdirSync(state);
  const program = world
    .person("ada")
    .with({ PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "correct horse" })
    .with({ QUILLON_URL: world.server.url, QUILLON_TOKEN: world.adminToken })
    .in(example(world, "programs/passwords"));
  await program.ok("pulumi stack init bench");
  await program.ok("pulumi config set length 20");
  for (let i = 0; i < 10; i += 1) await program.ok(`pulumi config set --path 'services[${i}]' service-${i}`);

  // The packs as `quillon run` has fetched them, because a published one may start sooner than its source.
  await program.ok("quillon run -- pulumi preview");
  const printed = await program.ok("quillon run --print -- pulumi preview");
  const packs = printed.match(/--policy-pack\S*=\S+/g)?.join(" ");
  const byHand = () => time(() => program.ok(`pulumi preview ${packs}`));
  const guarded = () => time(() => program.ok("quillon run -- pulumi preview"));
  printPairs(
    { a: "quillon run -- pulumi preview", b: "the same packs by hand" },
    await pairs(guarded, byHand, { count }),
    "ms",
  );
}
