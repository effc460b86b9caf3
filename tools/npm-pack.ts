import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.ts";

/**
 * Packs a folder, with the same bytes for the same files: npm leaves times and owners out by itself.
 *
 * @returns the path of the file.
 * @throws Failure
 */
export function npmPack(directory: string, folder: string): string {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), 0o644);
  const { status, stdout, stderr } = spawnSync(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
    {
      cwd: directory,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Failure(`npm pack failed:\n${stderr}`);
  return join(folder, JSON.parse(stdout)[0].filename);
}
