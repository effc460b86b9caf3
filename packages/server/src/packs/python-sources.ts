import { posix } from "node:path";
import type { Dependency } from "@quillon/contract/dependencies";
import { isObject } from "../json/is-object.ts";
import { isInArchive, type PackFiles } from "./dependency.ts";
import { PACKAGE } from "./entry-names.ts";
import { isReachableIndex, isReachableRequirement } from "./python-requirements.ts";
import { at, entriesOf, type Table, valuesOf } from "./toml-table.ts";

/** Where a project says that it gets a dependency. */
export type Source = readonly [name: string, from: Table];

/** The sources of the pack's own project. With its groups for development, because clients install them too. */
export function sourcesOf(pyproject: Table, toolchain: string): Source[] {
  if (toolchain === "uv") return sourcesIn(at(pyproject, "tool", "uv", "sources"));
  const poetry = at(pyproject, "tool", "poetry");
  const groups = valuesOf(at(poetry, "group")).map((group) => at(group, "dependencies"));
  return [at(poetry, "dependencies"), at(poetry, "dev-dependencies"), ...groups].flatMap(sourcesIn);
}

/**
 * The sources of a project in the archive that another one depends on. Clients install only what it needs when it runs, so sources
 * of other things don't matter. pip does not know sources.
 */
export function neededSourcesOf(pyproject: Table, toolchain: string): Source[] {
  if (toolchain === "poetry")
    return sourcesIn(at(pyproject, "tool", "poetry", "dependencies")).filter(([, { optional }]) => optional !== true);
  if (toolchain !== "uv") return [];
  const needed = new Set([at(pyproject, "project", "dependencies")].flat().map((one) => plainName(String(one))));
  return sourcesIn(at(pyproject, "tool", "uv", "sources")).filter(([name]) => needed.has(plainName(name)));
}

/** The folders of projects in the archive that these sources of the project in `folder` lead to. */
export function foldersOf(sources: readonly Source[], folder: string): string[] {
  const paths = sources.map(([, { path }]) => path).filter((path) => typeof path === "string");
  return paths.map((path) => posix.join(folder, path).replace(/\/$/, ""));
}

/**
 * The first of a project's sources that exists only where the pack was published.
 *
 * @param place The folder that relative paths start from, and whether the project is in a workspace that is in the archive.
 */
export function unreachableSource(
  sources: readonly Source[],
  files: Pick<PackFiles, "names">,
  place: { folder: string; inWorkspace: boolean },
): Dependency | undefined {
  for (const [name, source] of sources) {
    const from = outside(source, files, place);
    if (from !== undefined) return { name, from };
  }
  return undefined;
}

/**
 * The first package of a poetry.lock that exists only where the pack was published. poetry installs from the lock without
 * asking the projects again. A package that only an extra needs is not installed. uv.lock has no such check, because uv
 * asks the projects and ignores what differs.
 */
export function unreachableInPoetryLock(lock: Table, files: Pick<PackFiles, "names">): Dependency | undefined {
  const packages = [at(lock, "package")].flat().filter((one) => isObject(one) && one.optional !== true);
  for (const one of packages) {
    const url = at(one, "source", "url");
    if (typeof url !== "string") continue;
    const type = at(one, "source", "type");
    const isReachable =
      type === "legacy"
        ? isReachableIndex(files, url)
        : outside(lockedSource(type, url), files, { folder: PACKAGE, inWorkspace: false }) === undefined;
    if (!isReachable) return { name: String(at(one, "name")), from: url };
  }
  return undefined;
}

function lockedSource(type: unknown, url: string): Table {
  if (type === "directory" || type === "file") return { path: url };
  return type === "git" ? { git: url } : { url };
}

function outside(
  { path, file, url, git, workspace }: Table,
  files: Pick<PackFiles, "names">,
  { folder, inWorkspace }: { folder: string; inWorkspace: boolean },
): string | undefined {
  for (const local of [path, file])
    if (typeof local === "string" && !isInArchive(files.names, local, folder)) return local;
  if (typeof git === "string" && isLocalRepository(git)) return git;
  if (typeof url === "string" && !isReachableRequirement(files, url)) return url;
  return workspace === true && !inWorkspace ? "workspace" : undefined;
}

/** A folder of an archive is never a repository, because the CLI leaves out what is in .git. */
function isLocalRepository(git: string): boolean {
  return /^(file:|[./~]|[a-z]:[/\\])/i.test(git);
}

/** A dependency can have several sources, each for some systems. */
function sourcesIn(table: unknown): Source[] {
  return entriesOf(table).flatMap(([name, value]) =>
    [value].flat().map((source): Source => [name, isObject(source) ? source : {}]),
  );
}

/** The name in a requirement as package indexes compare names. */
function plainName(requirement: string): string {
  const [name = ""] = /^[\w.-]*/.exec(requirement.trim()) ?? [];
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}
