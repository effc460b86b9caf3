import type { Dependency } from "@quillon/contract/dependencies";
import { isObject } from "../json/is-object.ts";
import type { PackFiles } from "./dependency.ts";
import { PACKAGE } from "./entry-names.ts";
import { dependencyOf, isReachableIndex, isReachableRequirement } from "./python-requirements.ts";
import { sourcesOf, unreachableSource } from "./python-sources.ts";
import { at, type Table, valuesOf } from "./toml-table.ts";

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
  const inWorkspace = isWorkspace(pyproject);
  return unreachableSource(sourcesOf(pyproject, toolchain), files, { folder: PACKAGE, inWorkspace });
}

/** Whether the project is the root of a workspace of uv. */
export function isWorkspace(pyproject: Table): boolean {
  return isObject(at(pyproject, "tool", "uv", "workspace"));
}

/** The first dependency or index of a uv.toml that exists only where the pack was published. It has what tool.uv has in a pyproject.toml. */
export function unreachableInUvSettings(settings: Table, files: Pick<PackFiles, "names">): Dependency | undefined {
  return unreachableInPyproject({ tool: { uv: settings } }, files, "uv");
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
