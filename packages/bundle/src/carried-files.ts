import { existsSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import packlist from "npm-packlist";
import type { NodePack } from "./pack.ts";
import { PackRefused } from "./problems.ts";
import { run } from "./run.ts";

/** What a bundle replaces, and what tells which program installs or compiles. */
export const LEFT_OUT =
  /^(package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|pnpm-workspace\.yaml|\.pnpmfile\.cjs|bun\.lockb?|\.yarnrc\.yml|\.yarn\/.*|\.pnp\..*|tsconfig.*\.json|PulumiPolicy\.ya?ml)$/;
const SECRETS =
  /(^|\/)(\.npmrc|\.netrc|\.pypirc|pip\.(conf|ini)|\.git-credentials|\.yarnrc|\.envrc|\.env(\.(?!example$|sample$|template$)[^/]*)?)$/;

/** The settings of newer yarn, without which it would install another way; and in them, how it signs in. */
const YARN_SETTINGS = /(^|\/)\.yarnrc\.yml$/;
const SIGNS_IN = /\bnpmAuth|:\/\/[^/\s]*@/;

/**
 * The files that npm would publish, without running any script.
 *
 * @returns by path in the pack, with slashes; without the dependencies that it has inside.
 * @throws PackRefused when one is made to hold secrets.
 */
export async function publishedFiles({ directory, manifest }: NodePack): Promise<Map<string, Buffer>> {
  const { bundleDependencies: _, bundledDependencies: __, ...others } = manifest;
  const tree = { path: directory, package: others, isProjectRoot: true, edgesOut: new Map<string, never>() };
  const prefix = await workspaceRoot(directory);
  const inWorkspace = prefix === undefined ? {} : { prefix, workspaces: [directory] };
  // A folder that begins with @ is listed with ./ before it.
  const paths = (await packlist(tree, { path: directory, ...inWorkspace })).map((path) => path.replace(/^\.\//, ""));
  const files = new Map(paths.sort().map((path) => [path, readFileSync(join(directory, path))]));
  refuseSecrets(files, ignoringFile({ directory, manifest }));
  return files;
}

/** Where a pack is in a workspace, its ignore files count, too. Which folders belong to one, npm says itself. */
async function workspaceRoot(directory: string): Promise<string | undefined> {
  if (!foldersAbove(directory).some(hasWorkspaces)) return undefined;
  const { failure, printed } = await run(["npm", "prefix", "--loglevel=error"], directory, { isScript: true });
  const root = printed.trim();
  return failure === undefined && directory.startsWith(root + sep) ? root : undefined;
}

function foldersAbove(directory: string): string[] {
  const above = dirname(directory);
  return above === directory ? [] : [above, ...foldersAbove(above)];
}

function hasWorkspaces(folder: string): boolean {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).workspaces !== undefined;
  } catch {
    return false;
  }
}

/** Where npm is told what not to publish: as soon as one of these is there, the next does not count. */
function ignoringFile({ directory, manifest }: Pick<NodePack, "directory" | "manifest">): string {
  if (manifest.files) return '"files" of package.json, with ! before it';
  return existsSync(join(directory, ".npmignore")) ? ".npmignore" : ".gitignore";
}

/** @param ignored the file that names what is not published. @throws PackRefused */
export function refuseSecrets(files: ReadonlyMap<string, Buffer>, ignored: string): void {
  const isSecret = ([path, content]: [string, Buffer]) =>
    SECRETS.test(path) || (YARN_SETTINGS.test(path) && SIGNS_IN.test(content.toString()));
  const secret = [...files].find(isSecret)?.[0];
  if (secret === undefined) return;
  throw new PackRefused(
    `${secret} would be published, and it is a file for secrets. Move it out of the policy pack's folder, or name it in ${ignored}.`,
  );
}

/** Those of them that are not code of the bundle: policies may read them while they run, JSON also when it is imported elsewhere. */
export function carriedFiles(
  published: ReadonlyMap<string, Buffer>,
  bundled: ReadonlySet<string>,
): Map<string, Buffer> {
  const taken = (path: string) =>
    (bundled.has(path) && !path.endsWith(".json")) ||
    LEFT_OUT.test(path) ||
    ["index.js", "index.js.map"].includes(path);
  return new Map([...published].filter(([path]) => !taken(path)));
}
