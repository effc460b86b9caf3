// npm test: installs and builds what is missing, then runs everything, or the named parts. Its last line is
// `N passed, N failed, N skipped`.
import { Failure } from "./failure.ts";
import { findPostgres, startPostgres } from "./postgres.ts";
import { repositoryDir } from "./repository.ts";
import { succeeds } from "./test/command.ts";
import { canInstallNewerNode, installNewerNode, newerNodeVersion } from "./test/newer-node.ts";
import { Results } from "./test/results.ts";
import { runVitest } from "./test/vitest.ts";
import { newerCli, pinnedCli } from "./toolchain/clis.ts";
import { findOnPath } from "./toolchain/find.ts";
import { conformanceModule } from "./toolchain/paths.ts";

const parts = ["check", "unit", "node24", "e2e"] as const;
type Part = (typeof parts)[number];

export async function main(args: string[]): Promise<void> {
  const strict = process.env.CI === "true";
  const wanted = wantedParts(args, { strict });
  const results = new Results();

  await build(["npm", "run", "build"]);
  // While the toolchain is built, because that waits for downloads first.
  const checking = wanted.has("check") && count(["npm", "run", "check"], results);
  const e2e = wanted.has("e2e") && (await prepareToolchain(results));
  await checking;
  const projects = [...(wanted.has("unit") ? ["unit*"] : []), ...(e2e ? ["e2e"] : [])];
  if (projects.length > 0 || wanted.has("node24")) {
    await withPostgres(results, async (env) => {
      const newer = wanted.has("node24") ? await prepareNewerNode(results) : undefined;
      // Each test runs on both databases and on both Node.js, and not on each pair of them, which would take a quarter longer. The
      // embedded database is not for the newer one: a process of Node.js 24 may end by an error of V8 where it opens and closes
      // many of them, https://github.com/nodejs/node/issues/64500.
      const split = newer !== undefined && env.QUILLON_TEST_POSTGRES !== undefined;
      const only = (engine: string) => (split ? { ...env, QUILLON_TEST_ENGINES: engine } : env);
      if (projects.length > 0) await runVitest(projects, { results, env: only("embedded") });
      // Of the cases in which the SDK is compared with Pulumi's, the other one has ten times as many: few depend on Node.js.
      const fewer = wanted.has("unit") ? { QUILLON_DIFFERENTIAL_RUNS: "1000" } : {};
      if (newer) await runVitest(["unit*"], { results, node: newer, env: { ...only("postgresql"), ...fewer } });
    });
  }

  results.print({ strict });
  process.exitCode = results.failed > 0 ? 1 : 0;
}

/** All parts when none is named. Node.js 24 is only for CI then, because of its size. */
function wantedParts(args: string[], { strict }: { strict: boolean }): Set<Part> {
  const unknown = args.filter((arg) => !(parts as readonly string[]).includes(arg));
  if (unknown.length > 0) throw new Failure(`npm test does not know ${unknown.join(" ")}. Parts: ${parts.join(", ")}.`);
  if (args.length > 0) return new Set(args as Part[]);
  return new Set(parts.filter((part) => part !== "node24" || strict));
}

/** Without what this builds no test means anything, so its failure ends the run. */
async function build(command: string[]): Promise<void> {
  console.log(`> ${command.join(" ")}`);
  if (await succeeds(command)) return;
  console.log(`${command.join(" ")} failed\n0 passed, 1 failed, 0 skipped`);
  process.exit(1);
}

async function count(command: string[], results: Results, cwd = repositoryDir): Promise<void> {
  results.count(`${command.join(" ")} in ${cwd}`, await succeeds(command, { cwd }));
}

/** @returns whether the end-to-end tests can run. */
async function prepareToolchain(results: Results): Promise<boolean> {
  if (!findOnPath("go")) {
    results.skip("end-to-end tests", "Go is not installed, and the Pulumi CLI is built with it");
    return false;
  }
  await build(["npm", "run", "toolchain", "--", "--all"]);
  for (const cwd of [pinnedCli.module, newerCli.module, conformanceModule]) {
    await count(["go", "vet", "./..."], results, cwd);
    await count(["go", "test", "./..."], results, cwd);
  }
  return true;
}

/** Runs tests with a PostgreSQL server of their own, where one is installed. */
async function withPostgres(results: Results, run: (env: NodeJS.ProcessEnv) => Promise<void>): Promise<void> {
  const programs = findPostgres();
  if (!programs) {
    results.skip("everything on PostgreSQL", "no PostgreSQL server is installed");
    return run(process.env);
  }
  const postgres = await startPostgres(programs);
  try {
    await run({ ...process.env, QUILLON_TEST_POSTGRES: postgres.url });
  } finally {
    await postgres.stop();
  }
}

/** @returns the program of the newer Node.js, if it could be installed. */
async function prepareNewerNode(results: Results): Promise<string | undefined> {
  if (!canInstallNewerNode) {
    results.skip(`unit tests on Node.js ${newerNodeVersion}`, "its package is for Linux on x64");
    return undefined;
  }
  const node = await installNewerNode();
  if (!node) results.count(`npm install of Node.js ${newerNodeVersion}`, false);
  return node;
}
