import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Metafile } from "esbuild";
import type { NodePack } from "./pack.ts";
import { shownPath } from "./problems.ts";
import type { Provider } from "./stand-ins/plugin.ts";
import { STAND_IN } from "./stand-ins/write.ts";

/** A package of which something travels in an artifact. */
export interface CarriedPackage {
  name: string;
  version: string | undefined;
  /** As its package.json says it. */
  license: string | undefined;
  /** Its licence and notices, by file. */
  texts: Record<string, string>;
  /** Where it is from, when that is not npm. */
  registry?: "pypi";
}

/** The packages whose code is in a bundle, and those that are there by their stand-ins, by name and version. */
export function carriedPackages(
  { directory }: NodePack,
  { outputs }: Metafile,
  providers: readonly Provider[],
): CarriedPackage[] {
  const used = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const standsIn = ({ name, version }: Provider) =>
    used.some((path) => path.includes(`${STAND_IN}${name}@${version}:`));
  const folders = new Set([
    ...used.flatMap((path) => (isOnDisk(path) ? (folderOf(resolve(directory, path)) ?? []) : [])),
    ...providers.filter(standsIn).map(({ folder }) => folder),
  ]);
  folders.delete(directory);
  return inOrder([...folders].map(readPackage));
}

/** Each version of a package once, also when it is installed several times. */
export function inOrder(packages: readonly CarriedPackage[]): CarriedPackage[] {
  const byId = new Map(packages.map((one) => [`${one.name}@${one.version}`, one]));
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** Other modules than files have a word and a colon before their names. */
function isOnDisk(path: string): boolean {
  return !/^[a-z-]{2,}:/.test(path);
}

/** The folder of the package that a file belongs to. A package.json in a package may only say how the files beside it are to be read. */
function folderOf(file: string): string | undefined {
  const [, installed] = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file) ?? [];
  if (installed) return installed;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (manifestIn(folder).name !== undefined) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** What is published of a file's path. */
export function publishedPath(directory: string, full: string): string {
  const path = shownPath(directory, full);
  return path.startsWith("../") ? asInstalled(full) : path;
}

/** Where a file would be that belongs to a package which is only linked, so that nothing is said of the folders around that. */
function asInstalled(file: string): string {
  const folder = folderOf(file);
  const path = folder === undefined ? basename(file) : relative(folder, file).split(sep).join("/");
  return ["node_modules", ...(folder === undefined ? [] : [manifestIn(folder).name]), path].join("/");
}

export function readPackage(folder: string): CarriedPackage {
  const { name = "", version, license, licenses } = manifestIn(folder);
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file) && statSync(join(folder, file)).isFile())
    .sort()
    .map((file) => [file, readFileSync(join(folder, file), "utf8")] as const);
  const named = [license ?? licenses ?? []].flat().map((one) => (typeof one === "string" ? one : one.type));
  // Pulumi's packages have a `v` before it, which npm leaves out.
  const plain = version?.replace(/^v(?=\d)/, "");
  return {
    name,
    version: plain,
    license: named.filter(Boolean).join(" OR ") || undefined,
    texts: Object.fromEntries(texts),
  };
}

/** How older packages name a licence, where newer ones have a text. */
type NamedLicense = string | { type?: string };

interface Manifest {
  name?: string;
  version?: string;
  license?: NamedLicense;
  licenses?: NamedLicense[];
}

function manifestIn(folder: string): Manifest {
  const path = join(folder, "package.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}
