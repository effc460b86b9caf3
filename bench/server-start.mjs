// How long `quillon server` takes to be ready on an existing folder, beside a Node.js process that only opens PGlite on
// one, and the memory of both when they are. Run: npm run bench -- server-start
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { line, pairs } from "./ratios.mjs";

const root = new URL("..", import.meta.url).pathname;
const folder = await mkdtemp(join(tmpdir(), "quillon-bench-"));
const data = join(folder, "data");

const openPglite = `
  import { PGlite } from "@electric-sql/pglite";
  await (await PGlite.create(${JSON.stringify(join(folder, "bare"))})).query("select 1");
  console.log("ready");
  setInterval(() => {}, 1e6);`;

const server = () =>
  startAndStop(["packages/cli/dist/quillon.js", "server", "--data", data, "--listen", "127.0.0.1:0"], /listens on/);
const bare = () => startAndStop(["--input-type=module", "--eval", openPglite], /ready/);

const figures = await pairs(server, bare, { count: Number(process.env.ROUNDS ?? 15) });
console.log(
  line(
    "quillon server, to ready",
    figures.map(({ a }) => a.ms),
    "ms",
  ),
);
console.log(
  line(
    "only PGlite, to ready",
    figures.map(({ b }) => b.ms),
    "ms",
  ),
);
console.log(
  line(
    "ratio of each pair",
    figures.map(({ a, b }) => a.ms / b.ms),
    "× ",
    2,
  ),
);
console.log(
  line(
    "quillon server, resident",
    figures.map(({ a }) => a.mib),
    "MiB",
  ),
);
console.log(
  line(
    "only PGlite, resident",
    figures.map(({ b }) => b.mib),
    "MiB",
  ),
);
console.log(
  line(
    "ratio of each pair",
    figures.map(({ a, b }) => a.mib / b.mib),
    "× ",
    2,
  ),
);
await rm(folder, { recursive: true, force: true });

/** Milliseconds from spawn until the output matches, and the resident memory then. */
function startAndStop(args, ready) {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let figure;
    child.stdout.on("data", async (text) => {
      if (figure || !ready.test(text)) return;
      figure = { ms: performance.now() - started };
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      figure.mib = Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
      child.kill("SIGTERM");
    });
    child.once("exit", () => (figure ? resolve(figure) : reject(new Error("it ended before it was ready"))));
  });
}
