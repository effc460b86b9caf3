import { isObject } from "../json/is-object.ts";
import { type Dependency, isInArchive, type PackFiles } from "./dependency.ts";
import { dependencyOf, isReachableIndex, isReachableRequirement } from "./python-requirements.ts";

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
  const index = indexesIn(pyproject, toolchain).find((place) => !isReachableIndex(files, place));
  if (index !== undefined) return { name: "packages", from: index };
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

/** The first dependency or index of a uv.toml that exists only where the pack was published. It has what tool.uv has in a pyproject.toml. */
export function unreachableInUvSettings(settings: Table, files: Pick<PackFiles, "names">): Dependency | undefined {
  return unreachableInPyproject({ tool: { uv: settings } }, files, "uv");
}

function outside({ path, file, url, git, workspace }: Table, files: Pick<PackFiles, "names">, ownWorkspace: boolean) {
  for (const place of [path, file]) if (typeof place === "string" && !isInArchive(files.names, place)) return place;
  if (typeof git === "string" && isLocalRepository(git)) return git;
  if (typeof url === "string" && !isReachableRequirement(files, url)) return url;
  return workspace === true && !ownWorkspace ? "workspace" : undefined;
}

/** A folder of an archive is never a repository, because the CLI leaves out what is in .git. */
function isLocalRepository(git: string): boolean {
  return /^(file:|[./~]|[a-z]:[/\\])/i.test(git);
}

/** Where uv and poetry look for packages. */
function indexesIn(pyproject: Table, toolchain: string): string[] {
  const uv = at(pyproject, "tool", "uv");
  const places =
    toolchain === "uv"
      ? [
          at(uv, "find-links"),
          at(uv, "index-url"),
          at(uv, "extra-index-url"),
          [at(uv, "index")].flat().map((index) => at(index, "url")),
        ]
      : toolchain === "poetry"
        ? [[at(pyproject, "tool", "poetry", "source")].flat().map((source) => at(source, "url"))]
        : [];
  return places.flat().filter((place) => typeof place === "string");
}

function requirementsIn(pyproject: Table): string[] {
  return [
    at(pyproject, "build-system", "requires"),
    at(pyproject, "project", "dependencies"),
    ...valuesOf(at(pyproject, "project", "optional-dependencies")),
    ...valuesOf(pyproject["dependency-groups"]),
    ...["dev-dependencies", "constraint-dependencies", "override-dependencies", "build-constraint-dependencies"].map(
      (list) => at(pyproject, "tool", "uv", list),
    ),
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
