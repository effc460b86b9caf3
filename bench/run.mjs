// `npm run bench` lists the benchmarks; `npm run bench -- NAME` runs one. Each runs its peer in the same run and prints ratios.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

const files = readdirSync(new URL(".", import.meta.url)).filter(
  (file) => /(?<!\.d)\.(mjs|ts)$/.test(file) && !/^(run|ratios)\./.test(file),
);
const [name] = process.argv.slice(2);
const file = files.find((candidate) => candidate.replace(/\.(mjs|ts)$/, "") === name);
if (!file) {
  const names = files.map((candidate) => candidate.replace(/\.(mjs|ts)$/, ""));
  console.log(`Benchmarks: ${names.join(", ")}. Run one with: npm run bench -- NAME`);
} else if (file.endsWith(".mjs")) await import(new URL(file, import.meta.url).href);
// Those that drive the Pulumi CLI share the end-to-end tests' harness, which is TypeScript, and so their runner.
else {
  const vitest = [
    "--no-install",
    "vitest",
    "run",
    "--project",
    "bench",
    `bench/${file}`,
    "--disable-console-intercept",
  ];
  process.exitCode = spawnSync("npx", vitest, { stdio: "inherit" }).status ?? 1;
}
