// npm run bench -- check: what it costs to hold 20 policies against a state of 10,000 resources, each from start to end of the process:
// `quillon check` with a pack on our SDK, Conftest with the same rules in Rego, and a program that reads the same file and does nothing but the
// comparisons. Then, without a target, `quillon check` with the same pack on Pulumi's SDK, which is asked about each resource. Build first:
// npm run build. Conftest is built when it is missing, which takes some minutes.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../tools/repository.ts";
import { buildOutdated } from "../tools/toolchain/go-build.ts";
import { cacheDir } from "../tools/toolchain/paths.ts";
import { layWorld } from "./check/world.ts";
import { pairs, printPairs, time } from "./measure/ratios.ts";

const count = Number(process.env.ROUNDS ?? 9);
const conftest = join(cacheDir, "conftest");

export async function main(): Promise<void> {
  buildOutdated([
    {
      label: "Conftest",
      duration: "some minutes",
      module: join(repositoryDir, "bench/check/conftest"),
      output: conftest,
      sources: ["go.mod", "go.sum"],
      args: ["-buildvcs=false"],
      target: "github.com/open-policy-agent/conftest",
    },
  ]);
  // Inside of the repository, because the pack on Pulumi's SDK finds it there.
  const dir = mkdtempSync(join(repositoryDir, ".cache/check-"));
  try {
    const { state, pack, foreign, rego, loop } = layWorld(dir);
    const quillon = join(repositoryDir, "packages/cli/bin/quillon.js");
    const check = (one: string) => [process.execPath, quillon, "check", state, "--policy-pack", one, "--json"];
    const ours = () => run(check(pack), 2, /"mandatory":(\d+)/);
    const rules = () => run([conftest, "test", state, "--policy", rego, "--output", "json"], 1, /"msg"/g);
    const plain = () => run([process.execPath, loop, state], 2, /"policy"/g);
    console.log(`${(readFileSync(state).length / 1e6).toFixed(1)} MB of state`);
    printPairs({ a: "quillon check", b: "Conftest" }, await pairs(ours, rules, { count }), "ms");
    printPairs({ a: "quillon check", b: "plain loop" }, await pairs(ours, plain, { count }), "ms");
    const asked = () => run(check(foreign), 2, /"mandatory":(\d+)/);
    printPairs({ a: "asked by gRPC", b: "quillon check" }, await pairs(asked, ours, { count: 3 }), "ms");
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** As many as the world's state has. */
const VIOLATIONS = 1_999;

/** @returns milliseconds. @throws Error when it does not find what the others find. */
function run([program = "", ...args]: string[], status: number, found: RegExp): Promise<number> {
  return time(async () => {
    const ran = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28 });
    const matches = ran.stdout.match(found);
    const number = found.global ? matches?.length : Number(matches?.[1]);
    if (ran.status !== status || number !== VIOLATIONS)
      throw new Error(`${program} ended with ${ran.status} and found ${number} violations.\n${ran.stderr}`);
  });
}
