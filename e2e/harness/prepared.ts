import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../../tools/repository.ts";

const cache = join(repositoryDir, ".cache", "e2e");

/** A name for what is made from these sources: other sources give another name. */
export function keyOf(...sources: (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const source of sources) hash.update(source);
  return hash.digest("hex").slice(0, 16);
}

/**
 * A folder in `.cache/e2e` that is filled once and used by all later runs.
 *
 * @param fill gets an empty temporary folder, and returns the folder to keep: that one or one inside it.
 */
export function preparedFolder(name: string, fill: (dir: string) => string): string {
  const prepared = join(cache, name);
  if (existsSync(prepared)) return prepared;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, "unfinished-"));
  const filled = fill(unfinished);
  // A rename, because the folder must be complete or absent, even when another run prepares it at the same time.
  if (!existsSync(prepared)) renameSync(filled, prepared);
  rmSync(unfinished, { recursive: true, force: true });
  return prepared;
}
