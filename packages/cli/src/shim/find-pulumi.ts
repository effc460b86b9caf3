import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { MARK } from "./text.ts";

/**
 * The Pulumi CLI itself. What `quillon shim` has written is passed over wherever it is, so two of them never call each other.
 *
 * @param dir the folder of the guarded `pulumi`, in which it is not looked for.
 * @param path the PATH.
 */
export function findPulumi(dir: string, path: string): string | undefined {
  const own = realOf(dir);
  // Node.js starts no .cmd as a program.
  const name = process.platform === "win32" ? "pulumi.exe" : "pulumi";
  return path
    .split(delimiter)
    .filter((folder) => realOf(folder) !== own)
    .map((folder) => join(resolve(folder), name))
    .find((file) => isProgram(file) && !isOurs(file));
}

export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Whether `quillon shim` has written the file. */
export function isOurs(file: string): boolean {
  let opened: number | undefined;
  try {
    opened = openSync(file, "r");
    const start = Buffer.alloc(200);
    return start.toString("latin1", 0, readSync(opened, start)).includes(MARK);
  } catch {
    return false;
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}
