import { isObject } from "../json/is-object.ts";
import { type Dependency, isInArchive, type PackFiles } from "./dependency.ts";
import { dependencyOf, isReachableRequirement } from "./python-requirements.ts";

type Table = Readonly<Record<string, unknown>>;

/** The first dependency of a pyproject.toml that exists only where the pack was published. */
export function unreachableInPyproject(
  pyproject: Table,
  files: Pick<PackFiles, "names">,
  toolchain: string,
): Dependency | undefined {
  // pip installs the project only when it can be built.
  const installed = toolchain !== "pip" || isObject(pyproject["build-system"]);
  if (!installed) return undefined;
  const requirement = requirementsIn(pyproject).find((one) => !isReachableRequirement(files, one));
  if (requirement !== undefined) return dependencyOf(requirement);
  const tables = toolchain === "uv" ? uvSources(pyproject) : poetryDependencies(pyproject);
  const ownWorkspace = isObject(at(pyproject, "tool", "uv", "workspace"));
  for (const [name, value] of tables) {
    for (const source of [value].flat()) {
      const from = isObject(source) ? outside(source, files, ownWorkspace) : undefined;
      if (from !== undefined) return { name, from };
    }
  }
  return undefined;
}

function outside({ path, url, workspace }: Table, files: Pick<PackFiles, "names">, ownWorkspace: boolean) {
  if (typeof path === "string" && !isInArchive(files.names, path)) return path;
  if (typeof url === "string" && !isReachableRequirement(files, url)) return url;
  return workspace === true && !ownWorkspace ? "workspace" : undefined;
}

function requirementsIn(pyproject: Table): string[] {
  return [
    at(pyproject, "build-system", "requires"),
    at(pyproject, "project", "dependencies"),
    ...valuesOf(at(pyproject, "project", "optional-dependencies")),
    ...valuesOf(pyproject["dependency-groups"]),
    at(pyproject, "tool", "uv", "dev-dependencies"),
  ]
    .flat()
    .filter((one) => typeof one === "string")
    .map((one) => one.replace(/\s+/g, " ").trim());
}

function uvSources(pyproject: Table): [string, unknown][] {
  return entriesOf(at(pyproject, "tool", "uv", "sources"));
}

function poetryDependencies(pyproject: Table): [string, unknown][] {
  const groups = valuesOf(at(pyproject, "tool", "poetry", "group")).map((group) => at(group, "dependencies"));
  return [
    at(pyproject, "tool", "poetry", "dependencies"),
    at(pyproject, "tool", "poetry", "dev-dependencies"),
    ...groups,
  ].flatMap(entriesOf);
}

function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function valuesOf(value: unknown): unknown[] {
  return isObject(value) ? Object.values(value) : [];
}
