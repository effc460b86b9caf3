import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export type Change = "written" | "removed" | "unchanged";

/**
 * Compares the files of a folder with what they should be.
 *
 * @param wanted the texts, by path in the folder
 * @param allGenerated whether every file of the folder is generated, so that one that is not in `wanted` is to be removed
 * @returns what is to be done with each path, in alphabetical order
 */
export function compareFolder(
  dir: string,
  wanted: Map<string, string>,
  { allGenerated }: { allGenerated: boolean },
): Map<string, Change> {
  const paths = new Set([...wanted.keys(), ...(allGenerated ? filesOf(dir) : [])]);
  return new Map([...paths].sort().map((path) => [path, changeOf(join(dir, path), wanted.get(path))]));
}

export function writeFolder(dir: string, wanted: Map<string, string>, changes: Map<string, Change>): void {
  for (const [path, change] of changes) {
    const file = join(dir, path);
    if (change === "removed") rmSync(file);
    if (change !== "written") continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, wanted.get(path) ?? "");
  }
}

function changeOf(file: string, wanted: string | undefined): Change {
  if (wanted === undefined) return "removed";
  return existsSync(file) && readFileSync(file, "utf8") === wanted ? "unchanged" : "written";
}

function filesOf(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
}
