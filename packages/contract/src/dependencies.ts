/** What a pack needs, as one of its files says it. */
export interface Dependency {
  name: string;
  /** Where to get it: `^1.2.3`, `file:../x`. */
  from: string;
}

const SECTIONS = ["dependencies", "optionalDependencies", "peerDependencies", "overrides", "resolutions"] as const;

/**
 * The first dependency of a package.json that exists only where the pack was published. npm refuses some, and makes a link to
 * nothing of a folder that does not exist, so that the install succeeds and the pack fails.
 *
 * @param isInArchive whether a path leads to something that is published, from the folder of the package.json.
 * @param manager npm, yarn, pnpm or bun.
 */
export function unreachableNodeDependency(
  manifest: Readonly<Record<string, unknown>>,
  isInArchive: (path: string) => boolean,
  manager: string,
): Dependency | undefined {
  const reachable = ({ from }: Dependency) => isReachable(from.trim(), isInArchive, manager);
  const needed = SECTIONS.flatMap((section) => dependenciesIn(manifest[section])).find((one) => !reachable(one));
  // A client does not install these. Yet all package managers read them, and only npm ignores a folder that is not there.
  const forDevelopment = dependenciesIn(manifest.devDependencies).filter(
    ({ from }) => manager !== "npm" || isPackedFile(from) || !isLocal(from.trim()),
  );
  return needed ?? forDevelopment.find((one) => !reachable(one));
}

/** The path in a `file:` URL. The slashes before a relative one mean nothing to npm and pip. */
export function pathOfUrl(url: string): string {
  const path = url.replace(/^[a-z+]*file:/i, "").replace(/^\/{1,3}(?=\.\.?(\/|$))/, "");
  return path.split("#", 1)[0] ?? "";
}

function isReachable(from: string, isInArchive: (path: string) => boolean, manager: string): boolean {
  if (/^(workspace|catalog|portal):/i.test(from)) return false;
  // npm knows no links.
  if (/^link:/i.test(from)) return manager !== "npm" && isInArchive(from.slice("link:".length));
  if (/^git\+file:/i.test(from)) return false;
  return !isLocal(from) || isInArchive(pathOfUrl(from));
}

/** What npm takes for a file or folder instead of a package's name: https://github.com/npm/npm-package-arg */
function isLocal(from: string): boolean {
  return /^(file:|[.~]|\/|[a-zA-Z]:[/\\])/i.test(from) || (/^[^/:@]+$/.test(from) && isPackedFile(from));
}

function isPackedFile(from: string): boolean {
  return /\.(tgz|tar|tar\.gz)$/i.test(from);
}

/** All texts below the section with the keys that lead to them, because overrides are nested. */
function dependenciesIn(section: unknown): Dependency[] {
  const found: Dependency[] = [];
  const rest: [name: string, value: unknown][] = isSection(section) ? Object.entries(section) : [];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const [name, value] = next;
    if (typeof value === "string") found.push({ name, from: value });
    else if (isSection(value)) rest.push(...Object.entries(value));
  }
  return found.reverse();
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
