import { posix } from "node:path";
import { hasName, type NameLists, PACKAGE } from "./entry-names.ts";

/** What decides where a dependency is looked for. */
export interface PackFiles {
  names: NameLists;
  /** The contents of the files that name dependencies, by path. */
  texts: ReadonlyMap<string, string>;
}

/** Whether a path in a file of the pack's folder leads to something in the archive. */
export function isInArchive(names: NameLists, path: string, folder: string = PACKAGE): boolean {
  if (/^(\/|~|[a-zA-Z]:)/.test(path)) return false;
  const found = posix.join(folder, path.replaceAll("\\", "/")).replace(/\/$/, "");
  return (found === PACKAGE || found.startsWith(`${PACKAGE}/`)) && hasName(names, found);
}
