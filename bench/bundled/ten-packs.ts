import type { Terminal } from "../../e2e/harness/terminal.ts";
import type { World } from "../../e2e/harness/world.ts";
import { printLine } from "../measure/ratios.ts";
import { newMachine, type Used, use } from "./new-machine.ts";
import { layPack } from "./packs.ts";

const TEN = Array.from({ length: 10 }, (_, i) => `ten-${i}`);

interface Options {
  program: Terminal;
  /** A folder with a bundled pack. */
  pack: string;
  count: number;
}

/**
 * What ten bundled packs add to the first preview of a machine, beside what can't be avoided: ten starts of Node.js and ten times npm with
 * nothing to do, all at once; and beside one pack.
 */
export async function measureTen(world: World, { program, pack, count }: Options): Promise<void> {
  for (const name of TEN)
    await world.admin.in(layPack(world, { kind: "plain", name })).ok("quillon policy publish acme --require-bundled");
  const preview = async (names: string[]): Promise<Used> => {
    for (const name of names) await program.ok(`pulumi policy enable acme/${name} latest`);
    const used = await use(await newMachine(world, program), "pulumi preview");
    for (const name of names) await program.ok(`pulumi policy disable acme/${name}`);
    return used;
  };
  const atOnce = "for i in 0 1 2 3 4 5 6 7 8 9; do node -e 0 & npm install --loglevel=error & done; wait";
  const rounds: Record<"none" | "one" | "ten" | "least", Used>[] = [];
  for (let round = 0; round < count; round += 1) {
    const [none, one, ten] = [await preview([]), await preview(TEN.slice(0, 1)), await preview(TEN)];
    const least = await use((await newMachine(world, program)).in(pack), atOnce);
    rounds.push({ none, one, ten, least });
  }
  console.log("\nten packs, bundled, on a machine that never saw them");
  const print = (name: string, figure: (round: (typeof rounds)[number]) => number, unit: string, digits: number) =>
    printLine(name, rounds.map(figure), unit, digits);
  print("added", ({ none, ten }) => ten.wall - none.wall, "s", 2);
  print("ten starts and ten times npm", ({ least }) => least.wall, "s", 2);
  print("added ÷ those", ({ none, ten, least }) => (ten.wall - none.wall) / least.wall, "×", 2);
  print("processor time of one pack", ({ none, one }) => one.cpu - none.cpu, "s", 2);
  print("processor time of ten packs", ({ none, ten }) => ten.cpu - none.cpu, "s", 2);
  print("processor time of ten and ten", ({ least }) => least.cpu, "s", 2);
  print("processor time ÷ one pack's", ({ none, one, ten }) => (ten.cpu - none.cpu) / (one.cpu - none.cpu), "×", 1);
}
