import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PackFiles } from "./pack-files.ts";

/** A new repository has it already. */
const EMPTY = [".git"];

/**
 * Fails unless a new pack can be made in the folder.
 *
 * @param force whether files that are there may be replaced
 */
export function requireRoom(directory: string, files: PackFiles, force: boolean): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isDirectory()) throw new Error(`${directory} is a file. Name a folder.`);
  const there = readdirSync(directory).filter((name) => !EMPTY.includes(name));
  if (there.length > 0 && !force)
    throw new Error(
      `${directory} has files in it, such as ${there[0]}. Name another folder (--dir), or replace the files that the template has, too (--force).`,
    );
  const folder = [...files.keys()].find((path) =>
    statSync(join(directory, path), { throwIfNoEntry: false })?.isDirectory(),
  );
  if (folder !== undefined) throw new Error(`${folder} is a folder in ${directory}, and a file in the template.`);
}

/** Writes a new pack. The folder is made when it is not there. */
export function writeFiles(directory: string, files: PackFiles): void {
  mkdirSync(directory, { recursive: true });
  for (const [path, { content, mode }] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content, { mode });
  }
}
