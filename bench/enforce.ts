// npm run bench -- enforce: what enforcement costs a developer. Times `pulumi preview` of a program with ten resources with no
// policy pack, with the pack as `--policy-pack`, and with the same pack enforced by Quillon. Everything is warm.
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
  await world.admin.in(pack).ok("pulumi policy publish acme");
  const program = world.admin.in(example(world, "programs/passwords"));
  await program.ok("pulumi stack init acme/bench");
  await program.ok("pulumi config set length 20");
  for (let i = 0; i < 10; i += 1) await program.ok(`pulumi config set --path 'services[${i}]' service-${i}`);

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
