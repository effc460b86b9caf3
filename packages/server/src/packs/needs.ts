import type { PackNeeds } from "@quillon/contract";
import { parse as parseToml } from "smol-toml";
import { NODE, PYPROJECT, toolchainOf } from "./dependencies.ts";
import type { PackFiles } from "./dependency.ts";
import { PACKAGE } from "./entry-names.ts";
import { managerOf, type Runtime } from "./project-file.ts";
import { at, entriesOf } from "./toml-table.ts";

/**
 * What a machine needs to install and run a pack whose dependencies were checked. Where it can't be told whether a registry is asked,
 * it is said that one is.
 *
 * @returns undefined for runtimes whose needs are not known, and programs that the CLI does not install with.
 */
export function needsOf(runtime: Runtime, files: PackFiles): PackNeeds | undefined {
  if (runtime.name === "nodejs" || runtime.name === "bun") return nodeNeeds(runtime, files);
  return runtime.name === "python" ? pythonNeeds(runtime, files) : undefined;
}

function nodeNeeds(runtime: Runtime, files: PackFiles): PackNeeds | undefined {
  const manager = managerOf(runtime);
  if (!["npm", "yarn", "pnpm", "bun"].includes(manager)) return undefined;
  const manifest: unknown = JSON.parse(files.texts.get(NODE) ?? "{}");
  const node = runtime.name === "nodejs" ? [program("Node.js", at(manifest, "engines", "node"))] : [];
  const bun = runtime.name === "bun" ? at(manifest, "engines", "bun") : undefined;
  // Started by Node.js, as `quillon policy publish --no-venv` makes them.
  const version = at(manifest, "engines", "python");
  const python = version === undefined ? [] : [program("Python", version)];
  return {
    programs: [...node, program(manager, bun), ...python],
    ...(version !== undefined && platformsIn(files, ".python")),
    registry: asksRegistry(manifest, files, manager),
  };
}

/** What npm looks up, also when it installs without those for development. */
const SECTIONS = ["dependencies", "optionalDependencies", "peerDependencies", "devDependencies"];

/** The CLI then prefers another program than npm where there is one. */
const OTHER_LOCKS = ["yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"];

/** npm alone leaves what travels inside as it is. */
function asksRegistry(manifest: unknown, { names }: PackFiles, manager: string): boolean {
  const isNpm = manager === "npm" && !OTHER_LOCKS.some((lock) => names.files.has(`${PACKAGE}/${lock}`));
  const bundled = at(manifest, "bundleDependencies") ?? at(manifest, "bundledDependencies");
  const isInside = (name: string) =>
    (bundled === true || (Array.isArray(bundled) && bundled.includes(name))) &&
    names.files.has(`${PACKAGE}/node_modules/${name}/package.json`);
  return SECTIONS.flatMap((section) => entriesOf(at(manifest, section))).some(([name]) => !isNpm || !isInside(name));
}

function pythonNeeds(runtime: Runtime, files: PackFiles): PackNeeds | undefined {
  const toolchain = toolchainOf(runtime, files);
  if (!["pip", "uv", "poetry"].includes(toolchain)) return undefined;
  const pyproject = parseToml(files.texts.get(PYPROJECT) ?? "");
  const version =
    at(pyproject, "project", "requires-python") ?? at(pyproject, "tool", "poetry", "dependencies", "python");
  const { virtualenv } = runtime.options;
  const folder = typeof virtualenv === "string" ? virtualenv : "venv";
  const inside =
    versionsInside(files, folder) || unique(machinesIn(files, folder).map(([version]) => version)).join(" || ");
  const config = files.texts.get(`${PACKAGE}/${folder}/pip.conf`) ?? "";
  // Before anything else, the CLI has pip look for newer versions of itself.
  const isAlone = toolchain === "pip" && sectionsOf(config).some((section) => NO_INDEX.test(section));
  const programs = [program("Python", inside || version), program(toolchain)];
  return { programs, ...platformsIn(files, folder), registry: !isAlone };
}

/** The versions whose packages lie in the virtual environment already. */
function versionsInside({ names }: PackFiles, folder: string): string {
  const lib = `${PACKAGE}/${folder}/lib/python`.toLowerCase();
  const found = [...names.folders].filter((name) => name.startsWith(lib)).map((name) => name.slice(lib.length));
  return found.filter((rest) => /^3\.\d+$/.test(rest)).join(" || ");
}

/** Those that `quillon policy publish` writes beside the packages which it puts into the pack, as 3.11-linux-x86_64. */
function machinesIn({ texts }: PackFiles, folder: string): [version: string, platform: string][] {
  const lines = (texts.get(`${PACKAGE}/${folder}/machines.txt`) ?? "").split(/\r?\n/, MOST_MACHINES);
  return lines.flatMap((line) => {
    const [, version = "", platform = ""] = /^(3\.\d{1,3})-([\w-]{1,40})$/.exec(line) ?? [];
    return platform ? [[version, platform] as [string, string]] : [];
  });
}

const MOST_MACHINES = 100;

function platformsIn(files: PackFiles, folder: string): Pick<PackNeeds, "platforms"> {
  const platforms = unique(machinesIn(files, folder).map(([, platform]) => platform));
  return platforms.length > 0 ? { platforms } : {};
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}

const NO_INDEX = /^[ \t]*no-index[ \t]*[=:][ \t]*(true|yes|on|1)[ \t]*\r?$/im;

/** Those of pip's configuration that count when it installs: https://pip.pypa.io/en/stable/topics/configuration/ */
function sectionsOf(config: string): string[] {
  return config.split(/^(?=\[)/m).filter((section) => /^\[(global|install)\]/.test(section));
}

/** A version that nobody could read is left out. */
function program(name: string, version?: unknown): PackNeeds["programs"][number] {
  const isPlain = typeof version === "string" && /^[\w.+*<>=!~^|, -]{1,100}$/.test(version);
  return { name, ...(isPlain && { version }) };
}
