// `npm test`: sets up what is missing, then runs everything, or the parts that are named: check, unit, e2e.
// Its last line is `N passed, N failed, N skipped`.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findPostgres, startPostgres } from "./postgres.mjs";

process.chdir(new URL("..", import.meta.url).pathname);

const parts = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const wanted = (part) => parts.length === 0 || parts.includes(part);
const strict = process.env.CI === "true";
const totals = { passed: 0, failed: 0 };
/** What this machine can't run, by name, with the reason. */
const skipped = [];

// Not `npm ci`: it insists on a lock file that names the packages of every platform, and not every registry has those.
if (!existsSync("node_modules/vitest")) await step("npm install", ["npm", "install", "--no-save"]);
await step("npm run build", ["npm", "run", "build"]);
if (wanted("e2e")) await prepareToolchain();
if (wanted("check")) count(await run(["node", "tools/check.mjs"]));
if (wanted("unit") || wanted("e2e")) await runVitest();

for (const { name, reason } of skipped) console.log(`skipped: ${name} (${reason})`);
if (strict && skipped.length > 0) totals.failed += skipped.length;
console.log(`${totals.passed} passed, ${totals.failed} failed, ${skipped.length} skipped`);
process.exitCode = totals.failed > 0 ? 1 : 0;

/** Something without which no test means anything: its failure ends the run. */
async function step(name, command) {
  console.log(`> ${name}`);
  if (await run(command)) return;
  console.log(`${name} failed\n0 passed, 1 failed, 0 skipped`);
  process.exit(1);
}

async function prepareToolchain() {
  const go = process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, "go")));
  if (go) {
    await step("npm run toolchain", ["npm", "run", "toolchain", "--", "--all"]);
    for (const cwd of ["tools/toolchain", "tools/toolchain-3.250"]) {
      count(await run(["go", "vet", "./..."], { cwd }));
      count(await run(["go", "test", "./..."], { cwd }));
    }
  } else {
    skipped.push({ name: "end-to-end tests", reason: "Go is not installed, and the Pulumi CLI is built with it" });
  }
}

async function runVitest() {
  const programs = findPostgres();
  if (!programs) skipped.push({ name: "everything on PostgreSQL", reason: "no PostgreSQL server is installed" });
  const postgres = programs && (await startPostgres(programs));
  const e2e = wanted("e2e") && !skipped.some(({ name }) => name === "end-to-end tests");
  const projects = [wanted("unit") && "unit", e2e && "e2e"].filter(Boolean).flatMap((name) => ["--project", name]);
  const report = ".cache/test-results.json";
  mkdirSync(".cache", { recursive: true });
  rmSync(report, { force: true });
  const vitest = ["npx", "--no-install", "vitest", "run", ...projects];
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const env = { ...process.env, ...(postgres && { QUILLON_TEST_POSTGRES: postgres.url }) };
  try {
    const endedWell = await run([...vitest, ...reporters], { env });
    countReport(report, endedWell);
  } finally {
    await postgres?.stop();
  }
}

/** What ended badly without a test to blame, a file that could not be loaded or the runner itself, counts as one failure. */
function countReport(path, endedWell) {
  const report = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
  totals.passed += report?.numPassedTests ?? 0;
  totals.failed += report?.numFailedTests || (endedWell && report ? 0 : 1);
  for (const { status, fullName } of report?.testResults.flatMap((file) => file.assertionResults) ?? []) {
    if (status === "passed" || status === "failed") continue;
    skipped.push({ name: fullName, reason: "this machine lacks what the test names" });
  }
}

function count(passed) {
  totals[passed ? "passed" : "failed"] += 1;
}

/** Whether the command ended well; its output is the user's. */
function run([command, ...args], options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
}
