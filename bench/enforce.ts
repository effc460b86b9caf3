// What enforcement costs a developer: `pulumi preview` of a program with ten resources, with no policy pack, with the pack
// as `--policy-pack`, and with the same pack enforced by Quillon, everything warm. Run: npm run bench -- enforce
import { afterAll, beforeAll, test } from "vitest";
import { example } from "../e2e/harness/sources.ts";
import type { Terminal } from "../e2e/harness/terminal.ts";
import { openWorld, type World } from "../e2e/harness/world.ts";
import { line, pairs } from "./ratios.mjs";

const count = Number(process.env.ROUNDS ?? 15);

let world: World;
let program: Terminal;
let pack: string;

beforeAll(async () => {
  world = await openWorld();
  pack = example(world, "packs/passwords");
  await world.admin.in(pack).ok("pulumi policy publish acme");
  program = world.admin.in(example(world, "programs/passwords"));
  await program.ok("pulumi stack init acme/bench");
  await program.ok("pulumi config set length 20");
  for (let i = 0; i < 10; i += 1) await program.ok(`pulumi config set --path 'services[${i}]' service-${i}`);
});
afterAll(() => world.close());

/** Milliseconds that the command takes, from spawn to exit. */
async function time(command: string): Promise<number> {
  const started = performance.now();
  await program.ok(command);
  return performance.now() - started;
}

const none = () => time("pulumi preview");
const local = () => time(`pulumi preview --policy-pack ${pack}`);

async function enforced(): Promise<number> {
  await program.ok("pulumi policy enable acme/passwords latest");
  const ms = await time("pulumi preview");
  await program.ok("pulumi policy disable acme/passwords");
  return ms;
}

test("no pack, a local pack, an enforced pack", async () => {
  const cost = await pairs(local, none, { count });
  const figures = await pairs(enforced, local, { count });
  const report = [
    line(
      "no pack",
      cost.map(({ b }) => b),
      "ms",
    ),
    line(
      "--policy-pack",
      cost.map(({ a }) => a),
      "ms",
    ),
    line(
      "ratio of each pair",
      cost.map(({ a, b }) => a / b),
      "× ",
      2,
    ),
    line(
      "enforced by Quillon",
      figures.map(({ a }) => a),
      "ms",
    ),
    line(
      "--policy-pack",
      figures.map(({ b }) => b),
      "ms",
    ),
    line(
      "ratio of each pair",
      figures.map(({ a, b }) => a / b),
      "× ",
      2,
    ),
  ];
  process.stdout.write(`${report.join("\n")}\n`);
});
