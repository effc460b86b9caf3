// What enforcement costs a developer: `pulumi preview` of a program with ten resources, with no policy pack, with the pack
// as `--policy-pack`, and with the same pack enforced by Quillon, everything warm. Run: npm run bench -- enforce
import { afterAll, beforeAll, test } from "vitest";
import { example } from "../e2e/harness/sources.ts";
import type { Terminal } from "../e2e/harness/terminal.ts";
import { openWorld, type World } from "../e2e/harness/world.ts";
import { line, pairs } from "./ratios.mjs";

const count = Number(process.env.ROUNDS ?? 15);

let world: World;
let free: Terminal;
let enforced: Terminal;
let pack: string;

beforeAll(async () => {
  world = await openWorld();
  pack = example(world, "packs/passwords");
  free = await programIn("passwords");
  enforced = free;
  await world.admin.in(pack).ok("pulumi policy publish acme");
});
afterAll(() => world.close());

async function programIn(name: string): Promise<Terminal> {
  const program = world.admin.in(example(world, `programs/${name}`));
  await program.ok("pulumi stack init acme/bench");
  await program.ok("pulumi config set length 20");
  const services = Array.from({ length: 10 }, (_, i) => `service-${i}`);
  for (const [i, service] of services.entries())
    await program.ok(`pulumi config set --path 'services[${i}]' ${service}`);
  return program;
}

async function time(terminal: Terminal, command: string): Promise<number> {
  const started = performance.now();
  await terminal.ok(command);
  return performance.now() - started;
}

test("enforced beside local, and local beside none", async () => {
  const none = () => time(free, "pulumi preview");
  const local = () => time(free, `pulumi preview --policy-pack ${pack}`);
  const cost = await pairs(local, none, { count });
  const enable = (verb: string) =>
    world.admin.ok(`pulumi policy ${verb} acme/passwords ${verb === "enable" ? "latest" : ""}`);
  const whenEnforced = async () => {
    await enable("enable");
    const ms = await time(enforced, "pulumi preview");
    await enable("disable");
    return ms;
  };
  const figures = await pairs(whenEnforced, local, { count });
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
