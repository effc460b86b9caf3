import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { packageFolder } from "../package-folder.ts";
import { cloneTemplates, isRepository, placeOf, withoutPassword } from "./clone-templates.ts";

/** What a new policy pack is a copy of. */
export interface Template {
  /** How people name it. */
  name: string;
  /** What somebody types to have it, where it is one of several. */
  address?: string | undefined;
  /** The folder with PulumiPolicy.yaml. */
  directory: string;
  /** Whether it comes with this program. */
  ours: boolean;
}

const PROJECT_FILE = "PulumiPolicy.yaml";

/** The templates that come with this program. */
export function ourTemplates(): Template[] {
  return templatesIn(join(packageFolder, "templates")).map((one) => ({ ...one, address: one.name, ours: true }));
}

/** Its first words in PulumiPolicy.yaml. */
export function descriptionOf({ directory }: Template): string {
  return /^description:(.*)$/m.exec(readFileSync(join(directory, PROJECT_FILE), "utf8"))?.[1]?.trim() ?? "";
}

/**
 * Runs something with the template that somebody named: one of ours, a folder, or the address of a Git repository.
 *
 * @param choose chooses among several, where the name fits more than one
 * @throws Error when there is no such template.
 */
export async function withTemplate<T>(
  named: string | undefined,
  offline: boolean,
  choose: (templates: Template[]) => Promise<Template>,
  use: (template: Template) => Promise<T>,
): Promise<T> {
  if (named === undefined) return use(await choose(ourTemplates()));
  const own = ourTemplates().find(({ name }) => name === named);
  if (own) return use(own);
  if (isFolder(named)) return use(await oneOf(named, resolve(named), choose));
  if (!isRepository(named)) throw new Error(unknown(named));
  if (offline) throw new Error(`${named} needs the network, and --offline forbids it. Name a template or a folder.`);
  const { directory, remove } = await cloneTemplates(named);
  try {
    return await use(await oneOf(named, directory, choose));
  } finally {
    rmSync(remove, { recursive: true, force: true });
  }
}

async function oneOf(
  named: string,
  directory: string,
  choose: (templates: Template[]) => Promise<Template>,
): Promise<Template> {
  if (existsSync(join(directory, PROJECT_FILE))) return { name: basename(directory), directory, ours: false };
  const [first, ...others] = templatesIn(directory);
  if (!first) throw new Error(`There is no ${PROJECT_FILE} in ${named}, nor in a folder in it, so it is no template.`);
  return others.length > 0
    ? choose([first, ...others].map((one) => ({ ...one, address: addressIn(named, one.name) })))
    : first;
}

/**
 * What names one of several templates.
 *
 * @param named the folder, or the address of the Git repository, that has them
 * @returns undefined where no address has a folder in it.
 */
export function addressIn(named: string, name: string): string | undefined {
  if (!isRepository(named)) return join(named, name);
  if (!/^https?:/.test(named)) return undefined;
  const page = withoutPassword(named).replace(/\/$/, "");
  return placeOf(named).within === undefined ? `${page}/tree/BRANCH/${name}` : `${page}/${name}`;
}

function templatesIn(directory: string): Template[] {
  return readdirSync(directory)
    .sort()
    .map((name) => ({ name, directory: join(directory, name), ours: false }))
    .filter((one) => existsSync(join(one.directory, PROJECT_FILE)));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function unknown(named: string): string {
  const names = ourTemplates().map(({ name }) => name);
  return `There is no template and no folder "${named}". The templates are ${names.join(", ")}; or name a folder, or a Git repository's address.`;
}
