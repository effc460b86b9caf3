import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The root folder of this repository. */
export const repositoryDir = join(import.meta.dirname, "..");

/**
 * The commit that a folder of sources is at, with `-dirty` after it when files were changed since. Empty when nothing says so, as in an
 * unpacked archive, which may be inside somebody else's repository.
 */
export function commitOf(directory: string): string {
  if (!existsSync(join(directory, ".git"))) return "";
  const git = ["describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"];
  const { status, stdout } = spawnSync("git", git, { cwd: directory, encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
}
