import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { Terminal } from "../../e2e/harness/terminal.ts";
import type { World } from "../../e2e/harness/world.ts";
import { time } from "../measure/ratios.ts";

/** The person at a machine that has seen no pack and has an empty npm cache, in the program's folder. */
export async function newMachine(world: World, { dir }: Terminal): Promise<Terminal> {
  const home = mkdtempSync(join(world.dir, "machine-"));
  const person = world.person(home.replace(/.*\//, ""), world.adminToken);
  const machine = person.in(dir).with({ npm_config_cache: join(home, "npm"), npm_config_prefer_offline: "false" });
  await machine.ok("pulumi stack select acme/bench");
  return machine;
}

export interface Used {
  /** Seconds. */
  wall: number;
  /** Seconds of processor time, of all processes that were started. */
  cpu: number;
}

/** Runs a command line, and says what it took. */
export async function use(at: Terminal, line: string): Promise<Used> {
  let printed = "";
  const ms = await time(async () => {
    // The second line of `times` is about the shell's children: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#times
    printed = await at.ok(`{ ${line}; } > /dev/null && times`);
  });
  const children = printed.trim().split("\n").at(-1) ?? "";
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
  return { wall: ms / 1000, cpu };
}
