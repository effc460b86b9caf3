import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { refuseSecrets } from "../carried-files.ts";

/** Neither git's own nor what Python makes by itself. */
const LEFT_OUT = new Set([".git", ".venv", "__pycache__"]);

/** What a .gitignore says of what is below its folder. */
interface Ignored {
  folder: string;
  rules: Ignore;
}

/**
 * The files that the Pulumi CLI would publish: without what .gitignore leaves out, here and in the folders above; and also without virtual
 * environments and what Python has compiled.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/util/archive/archive.go
 *
 * @returns by path in the pack, with slashes
 * @throws PackRefused when one is made to hold secrets.
 */
export function pythonFiles(directory: string): Map<string, Buffer> {
  const paths = filesIn(directory, foldersAbove(directory).flatMap(ignoredBy))
    .map((full) => slashed(directory, full))
    .sort();
  const files = new Map(paths.map((path) => [path, readFileSync(join(directory, path))]));
  refuseSecrets(files, ".gitignore");
  return files;
}

/** @param around the folders that it is in, without links */
function filesIn(folder: string, above: readonly Ignored[], around: readonly string[] = []): string[] {
  const real = realpathSync(folder);
  // A link may lead to where it is itself.
  if (around.includes(real)) return [];
  const ignored = [...above, ...ignoredBy(folder)];
  return readdirSync(folder).flatMap((name) => {
    const full = join(folder, name);
    const found = statSync(full, { throwIfNoEntry: false });
    const isFolder = found?.isDirectory();
    // A link may lead to nothing, and what is read of a pipe may never end.
    if ((!isFolder && !found?.isFile()) || LEFT_OUT.has(name) || name.endsWith(".pyc")) return [];
    if (ignored.some((one) => one.rules.ignores(slashed(one.folder, full) + (isFolder ? "/" : "")))) return [];
    if (!isFolder) return [full];
    return existsSync(join(full, "pyvenv.cfg")) ? [] : filesIn(full, ignored, [...around, real]);
  });
}

function ignoredBy(folder: string): Ignored[] {
  const file = join(folder, ".gitignore");
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return [];
  return [{ folder, rules: ignore().add(readFileSync(file, "utf8")) }];
}

function foldersAbove(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [] : [...foldersAbove(parent), parent];
}

function slashed(from: string, to: string): string {
  return relative(from, to).split(sep).join("/");
}
