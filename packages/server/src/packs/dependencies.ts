import { newError } from "@quillon/contract";
import { type Dependency, unreachableNodeDependency } from "@quillon/contract/dependencies";
import { pythonInstaller } from "@quillon/contract/installers";
import { parse as parseToml } from "smol-toml";
import { isObject } from "../json/is-object.ts";
import { isInArchive, type PackFiles } from "./dependency.ts";
import { PACKAGE } from "./entry-names.ts";
import { managerOf, type Runtime } from "./project-file.ts";
import { isWorkspace, unreachableInPyproject, unreachableInUvSettings } from "./pyproject.ts";
import { isRequirementsFile, unreachableRequirement } from "./python-requirements.ts";
import { foldersOf, neededSourcesOf, sourcesOf, unreachableInPoetryLock, unreachableSource } from "./python-sources.ts";
import type { Table } from "./toml-table.ts";

export const NODE = "package/package.json";
export const PYPROJECT = "package/pyproject.toml";
const UV_SETTINGS = "package/uv.toml";
const REQUIREMENTS = "package/requirements.txt";
const POETRY_LOCK = "package/poetry.lock";

/** The files that clients install from. */
export function isManifest(path: string): boolean {
  return [NODE, PYPROJECT, UV_SETTINGS, REQUIREMENTS].includes(path);
}

/** Files that may say more about dependencies, if one that clients install from leads to them. */
export function isFurtherManifest(path: string): boolean {
  return (
    isRequirementsFile(path) ||
    path === POETRY_LOCK ||
    isOfVenv(path) ||
    (path.startsWith(`${PACKAGE}/`) && path.endsWith("/pyproject.toml"))
  );
}

/**
 * pip's configuration in a virtual environment, whose folder the CLI makes when the pack has none: `package/venv/pip.conf`; and for which machines
 * packages lie there.
 */
function isOfVenv(path: string): boolean {
  return /^package\/[^/]+\/(pip\.conf|machines\.txt)$/.test(path);
}

/**
 * Refuses a pack with a dependency that no client can install, because it is a file or folder that is not in the archive. The
 * CLI installs dependencies where the pack runs: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/policypack.go#L354
 *
 * @throws archive_invalid
 */
export function checkDependencies(runtime: Runtime, files: PackFiles): void {
  if (runtime.name === "nodejs" || runtime.name === "bun") checkNode(runtime, files);
  if (runtime.name === "python") checkPython(runtime, files);
}

function checkNode(runtime: Runtime, files: PackFiles): void {
  const text = files.texts.get(NODE);
  if (text === undefined) return;
  const manifest = parsed(NODE, text, JSON.parse);
  refuse(
    NODE,
    unreachableNodeDependency(manifest, (path) => isInArchive(files.names, path), managerOf(runtime)),
  );
}

function checkPython(runtime: Runtime, files: PackFiles): void {
  const toolchain = toolchainOf(runtime, files);
  const text = files.texts.get(PYPROJECT);
  if (toolchain === "pip" || text === undefined) refuse(REQUIREMENTS, unreachableRequirement(files, REQUIREMENTS));
  const settings = files.texts.get(UV_SETTINGS);
  if (toolchain === "uv" && settings !== undefined)
    refuse(UV_SETTINGS, unreachableInUvSettings(parsed(UV_SETTINGS, settings, parseToml), files));
  if (text === undefined) return;
  const pyproject = parsed(PYPROJECT, text, parseToml);
  refuse(PYPROJECT, unreachableInPyproject(pyproject, files, toolchain));
  checkProjects(pyproject, files, toolchain);
  const lock = files.texts.get(POETRY_LOCK);
  if (toolchain === "poetry" && lock !== undefined)
    refuse(POETRY_LOCK, unreachableInPoetryLock(parsed(POETRY_LOCK, lock, parseToml), files));
}

/** The projects in the archive that the pack depends on, and those that these depend on. */
function checkProjects(root: Table, files: PackFiles, toolchain: string): void {
  const inWorkspace = isWorkspace(root);
  const folders = new Set(foldersOf(sourcesOf(root, toolchain), PACKAGE));
  for (const folder of folders) {
    const file = `${folder}/pyproject.toml`;
    const text = files.texts.get(file);
    if (text === undefined) continue;
    const sources = neededSourcesOf(parsed(file, text, parseToml), toolchain);
    refuse(file, unreachableSource(sources, files, { folder, inWorkspace }));
    for (const inner of foldersOf(sources, folder)) folders.add(inner);
  }
}

export function toolchainOf({ options }: Runtime, { names }: Pick<PackFiles, "names">): string {
  return pythonInstaller(options.toolchain, (file) => names.files.has(`${PACKAGE}/${file}`));
}

function parsed(file: string, text: string, parse: (text: string) => unknown): Table {
  try {
    const value = parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    const [found = ""] = (error as Error).message.split("\n");
    throw newError("archive_invalid", { problem: "not_readable", file, found });
  }
  throw newError("archive_invalid", { problem: "not_readable", file, found: "it is not an object" });
}

function refuse(file: string, dependency: Dependency | undefined): void {
  if (dependency) throw newError("archive_invalid", { problem: "dependency", file, ...dependency });
}
