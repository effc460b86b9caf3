import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { filesOfTheirOwn, serverBundle, workerEntries } from "../bundles.ts";
import { repositoryDir } from "../repository.ts";

/**
 * Runs once before the unit tests: bundles what the server's worker threads load. A thread that loads it from its source
 * takes five times as long, and each large task gets a thread of its own. A watching Vitest does not make it again.
 *
 * @returns what removes it after the tests
 */
export async function setup(): Promise<() => void> {
  const cache = join(repositoryDir, ".cache");
  mkdirSync(cache, { recursive: true });
  const outdir = mkdtempSync(join(cache, "worker-"));
  await build({ ...serverBundle, entryPoints: workerEntries, plugins: [filesOfTheirOwn], outdir });
  process.env.QUILLON_TEST_WORKER = join(outdir, "worker.js");
  return () => rmSync(outdir, { recursive: true });
}
