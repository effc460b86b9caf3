import { newError } from "@quillon/contract";
import { parse as parseToml } from "smol-toml";
import { isObject } from "../json/is-object.ts";
import type { Dependency, PackFiles } from "./dependency.ts";
import { unreachableNodeDependency } from "./node-dependencies.ts";
import type { Runtime } from "./project-file.ts";
import { unreachableInPyproject, unreachableInUvSettings } from "./pyproject.ts";
import { unreachableRequirement } from "./python-requirements.ts";

const NODE = "package/package.json";
const PYPROJECT = "package/pyproject.toml";
const UV_SETTINGS = "package/uv.toml";
const REQUIREMENTS = "package/requirements.txt";

/** The files that clients install from. */
export function isManifest(path: string): boolean {
  return [NODE, PYPROJECT, UV_SETTINGS, REQUIREMENTS].includes(path);
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

function checkNode({ name, options }: Runtime, files: PackFiles): void {
  const text = files.texts.get(NODE);
  if (text === undefined) return;
  const chosen = name === "bun" ? "bun" : (options.packagemanager ?? "auto");
  const manager = typeof chosen === "string" && chosen !== "auto" ? chosen : "npm";
  refuse(NODE, unreachableNodeDependency(parsed(NODE, text, JSON.parse), files, manager));
}

function checkPython({ options }: Runtime, files: PackFiles): void {
  const toolchain = typeof options.toolchain === "string" ? options.toolchain : toolchainOf(files);
  const text = files.texts.get(PYPROJECT);
  if (toolchain === "pip" || text === undefined) refuse(REQUIREMENTS, unreachableRequirement(files, REQUIREMENTS));
  const settings = files.texts.get(UV_SETTINGS);
  if (toolchain === "uv" && settings !== undefined)
    refuse(UV_SETTINGS, unreachableInUvSettings(parsed(UV_SETTINGS, settings, parseToml), files));
  if (text === undefined) return;
  refuse(PYPROJECT, unreachableInPyproject(parsed(PYPROJECT, text, parseToml), files, toolchain));
}

/** What newer CLIs choose: https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/python/toolchain/toolchain.go#L140 */
function toolchainOf({ names }: PackFiles): string {
  if (names.hasFile("package/uv.lock")) return "uv";
  return names.hasFile("package/poetry.lock") ? "poetry" : "pip";
}

function parsed(file: string, text: string, parse: (text: string) => unknown): Record<string, unknown> {
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
