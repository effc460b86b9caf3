// npm run bench -- server-start: how long `quillon server` takes to be ready on an existing folder, compared with a Node.js
// process that only opens PGlite on one, and the memory of both when they are ready.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryOf, start } from "./measure/process.ts";
import { type Pair, pairs, printPairs } from "./measure/ratios.ts";

interface Figure {
  ms: number;
  mib: number;
}

export async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "quillon-bench-"));
  const openPglite = `
    import { PGlite } from "@electric-sql/pglite";
    await (await PGlite.create(${JSON.stringify(join(folder, "bare"))})).query("select 1");
    console.log("ready");
    setInterval(() => {}, 1e6);`;
  const server = ["packages/cli/dist/quillon.js", "server", "--data", join(folder, "data"), "--listen", "127.0.0.1:0"];
  const figures = await pairs(
    () => startAndStop(server, /listens on/),
    () => startAndStop(["--input-type=module", "--eval", openPglite], /ready/),
    { count: Number(process.env.ROUNDS ?? 15) },
  );
  await rm(folder, { recursive: true, force: true });

  const of = (unit: keyof Figure): Pair<number>[] => figures.map(({ a, b }) => ({ a: a[unit], b: b[unit] }));
  printPairs({ a: "quillon server, to ready", b: "only PGlite, to ready" }, of("ms"), "ms");
  printPairs({ a: "quillon server, resident", b: "only PGlite, resident" }, of("mib"), "MiB");
}

/** Milliseconds from the start until the output matches, and the resident memory then. */
async function startAndStop(args: string[], ready: RegExp): Promise<Figure> {
  const started = performance.now();
  const running = await start(args, ready);
  const ms = performance.now() - started;
  const mib = memoryOf(running.pid).rss / 1024 ** 2;
  await running.stop();
  return { ms, mib };
}
