import { mkdirSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { repositoryDir } from "../repository.ts";
import { succeeds } from "./command.ts";
import type { Results } from "./results.ts";

interface Options {
  results: Results;
  node?: string;
  env: NodeJS.ProcessEnv;
}

/**
 * Runs the projects of vitest.config.ts and adds what they found.
 *
 * @param node the Node.js that runs them, by default the one that runs this
 */
export async function runVitest(projects: string[], { results, node = process.execPath, env }: Options): Promise<void> {
  const report = join(repositoryDir, ".cache", "test-results.json");
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const endedWell = await succeeds(
    [
      node,
      join(repositoryDir, "node_modules/vitest/vitest.mjs"),
      "run",
      ...projects.flatMap((name) => ["--project", name]),
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    // Tests start programs with `node` from the PATH too.
    { env: { ...env, PATH: [dirname(node), env.PATH ?? ""].join(delimiter) } },
  );
  results.addReport(report, endedWell);
}
