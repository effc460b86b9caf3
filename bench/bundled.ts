// npm run bench -- bundled: what an enforced policy pack costs on a machine, bundled by `quillon policy publish`, and as it is. Times
// `pulumi preview` of a program with ten resources without a pack, with the bundle and with the pack as it is, one after the other, on a
// machine that has never seen the pack (a new PULUMI_HOME and an empty npm cache) and then on the same machine again. Then with ten
// packs at once. `-- bundled python` does the first part alone, for packs in Python; `plain` and `typed` likewise.
import { example } from "../e2e/harness/sources.ts";
import type { Terminal } from "../e2e/harness/terminal.ts";
import { openWorld, type World } from "../e2e/harness/world.ts";
import { newMachine, use } from "./bundled/new-machine.ts";
import { type Kind, layPack } from "./bundled/packs.ts";
import { measureParts } from "./bundled/parts.ts";
import { measureTen } from "./bundled/ten-packs.ts";
import { watchPack } from "./bundled/watch-pack.ts";
import { printLine } from "./measure/ratios.ts";

const count = Number(process.env.ROUNDS ?? 5);
const BUNDLE = "quillon policy publish acme --require-bundled";

export async function main(only: string[]): Promise<void> {
  const world = await openWorld();
  try {
    const program = world.admin.in(example(world, "programs/passwords"));
    await program.ok("pulumi stack init acme/bench");
    await program.ok("pulumi config set length 20");
    for (let i = 0; i < 10; i += 1) await program.ok(`pulumi config set --path 'services[${i}]' service-${i}`);
    // The first preview on this machine finds nothing in the caches of the operating system.
    await onNewMachine(world, program);
    for (const kind of ["plain", "typed", "python"] as const)
      if (only.length === 0 || only.includes(kind)) await compare(world, { kind, program });
    if (only.length > 0) return;
    const pack = await measureParts(world, { pack: "typed-bundled", count });
    await measureTen(world, { program, pack, count });
  } finally {
    await world.close();
  }
}

/** Seconds that a pack adds to a preview, and the most memory of its processes, in MiB. */
interface Cost {
  first: number;
  /** Of processor time, in the first preview. */
  cpu: number;
  again: number;
  memory: number;
}

async function compare(world: World, { kind, program }: { kind: Kind; program: Terminal }): Promise<void> {
  const publish: Record<string, string> = {
    "as it is": "pulumi policy publish acme",
    bundled: BUNDLE,
    ...(kind === "python" && { "bundled without a venv": `${BUNDLE} --no-venv` }),
  };
  const names = Object.keys(publish);
  const packs = new Map<string, string>();
  for (const [how, line] of Object.entries(publish)) {
    const name = `${kind}-${how.replaceAll(" ", "-")}`;
    await world.admin.in(layPack(world, { kind, name })).ok(line);
    packs.set(how, name);
  }
  const costs: Record<string, Cost[]> = Object.fromEntries(names.map((how) => [how, []]));
  for (let round = 0; round < count; round += 1) {
    const bare = await onNewMachine(world, program);
    for (const how of names) {
      await program.ok(`pulumi policy enable acme/${packs.get(how)} latest`);
      const with_ = await onNewMachine(world, program);
      await program.ok(`pulumi policy disable acme/${packs.get(how)}`);
      costs[how]?.push({
        first: with_.first - bare.first,
        cpu: with_.cpu - bare.cpu,
        again: with_.again - bare.again,
        memory: with_.memory,
      });
    }
  }
  for (const how of names) {
    console.log(`\n${kind} pack, ${how}`);
    const figures = (pick: (cost: Cost) => number) => costs[how]?.map(pick) ?? [];
    printLine(
      "added, never saw the pack",
      figures(({ first }) => first),
      "s",
      2,
    );
    printLine(
      "processor time of that",
      figures(({ cpu }) => cpu),
      "s",
      2,
    );
    printLine(
      "added, has it",
      figures(({ again }) => again),
      "s",
      2,
    );
    printLine(
      "resident memory of its processes",
      figures(({ memory }) => memory),
      "MiB",
    );
  }
  for (const how of names.slice(1)) {
    const ratios = (costs[how] ?? []).map(({ first }, round) => (costs["as it is"]?.[round]?.first ?? 0) / first);
    console.log();
    printLine(`${kind}: as it is ÷ ${how}, never saw`, ratios, "×", 1);
  }
}

async function onNewMachine(world: World, program: Terminal): Promise<Cost> {
  const machine = await newMachine(world, program);
  const first = await use(machine, "pulumi preview");
  const watch = watchPack();
  const again = await use(machine, "pulumi preview");
  return { first: first.wall, cpu: first.cpu, again: again.wall, memory: watch.stop() };
}
