import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import walk from "ignore-walk";
import { refuseSecrets } from "../carried-files.ts";

/**
 * The files that the Pulumi CLI would publish: without what .gitignore leaves out, and also without virtual environments and what Python
 * has compiled.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/util/archive/archive.go
 *
 * @returns by path in the pack, with slashes
 * @throws PackRefused when one is made to hold secrets.
 */
export async function pythonFiles(directory: string): Promise<Map<string, Buffer>> {
  const found = await walk({ path: directory, ignoreFiles: [".gitignore"], follow: true });
  const paths = found.map((path) => path.split(sep).join("/")).filter((path) => !isLeftOut(directory, path));
  refuseSecrets(paths, ".gitignore");
  return new Map(paths.sort().map((path) => [path, readFileSync(join(directory, path))]));
}

function isLeftOut(directory: string, path: string): boolean {
  if (/(^|\/)(\.git|__pycache__|\.venv)\//.test(path) || path.endsWith(".pyc")) return true;
  return foldersOf(directory, path).some((folder) => existsSync(join(folder, "pyvenv.cfg")));
}

function foldersOf(directory: string, path: string): string[] {
  const folder = dirname(join(directory, path));
  const parents = [folder];
  for (let next = folder; relative(directory, next) !== ""; next = dirname(next)) parents.push(dirname(next));
  return parents;
}
