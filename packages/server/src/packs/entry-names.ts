import { newError } from "@quillon/contract";
import type { TarEntry } from "./tar.ts";

/** The CLI takes only this folder out of the archive: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/policypack.go#L294 */
export const PACKAGE = "package";

/** In bytes; the limits of common file systems. A path has the client's own folder before it. */
const LONGEST_SEGMENT = 255;
const LONGEST_PATH = 1024;

export type NameProblem =
  | "entry_name_empty"
  | "entry_character"
  | "entry_absolute"
  | "entry_outside"
  | "entry_segment"
  | "entry_long"
  | "entry_elsewhere";

/** What is wrong with the name of a file or folder; undefined when all clients make the same path of it. */
export function problemOf(name: string): NameProblem | undefined {
  if (name === "") return "entry_name_empty";
  if (name.startsWith("/") || /^[a-zA-Z]:/.test(name)) return "entry_absolute";
  // On Windows a backslash separates folders, and what follows a colon is another stream of the same file.
  if (/[\p{Cc}\\:]/u.test(name)) return "entry_character";
  const segments = name.split("/");
  if (segments.includes("..")) return "entry_outside";
  // Windows leaves out dots and spaces at the end of a name.
  if (segments.some((segment) => segment === "" || /[. ]$/.test(segment))) return "entry_segment";
  if (Buffer.byteLength(name) > LONGEST_PATH) return "entry_long";
  if (segments.some((segment) => Buffer.byteLength(segment) > LONGEST_SEGMENT)) return "entry_long";
  return segments[0] === PACKAGE ? undefined : "entry_elsewhere";
}

/** The names of an archive's files, and of its folders as file systems compare them. */
export interface NameLists {
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
}

/** Whether there is a file or folder of this name. */
export function hasName({ files, folders }: NameLists, path: string): boolean {
  return files.has(path) || folders.has(folded(path));
}

/** The files and folders of an archive, those included that are only in the paths of others. */
export class EntryNames {
  /** By the name as file systems compare it that ignore case and the form of accents. */
  readonly #kinds = new Map<string, "file" | "folder" | "implied">([[PACKAGE, "implied"]]);
  readonly #files = new Set<string>();
  readonly #most: number;

  /** @param most how many there may be. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @returns its name, without the slash at a folder's end.
   * @throws archive_invalid when it can't be unpacked next to the entries before it.
   */
  add({ name, kind }: Pick<TarEntry, "name" | "kind">): string {
    const path = kind === "folder" ? name.replace(/\/$/, "") : name;
    const problem = problemOf(path) ?? this.#place(path, kind);
    if (problem) throw newError("archive_invalid", { problem, entry: cut(name) });
    if (this.#kinds.size > this.#most) {
      throw newError("archive_invalid", { problem: "too_many_entries", limit: this.#most });
    }
    if (kind === "file") this.#files.add(path);
    return path;
  }

  /** All of them, as they may go to another thread. */
  lists(): NameLists {
    const folders = [...this.#kinds].filter(([, kind]) => kind !== "file").map(([name]) => name);
    return { files: this.#files, folders: new Set(folders) };
  }

  #place(path: string, kind: "file" | "folder"): "entry_in_file" | "entry_is_folder" | "entry_twice" | undefined {
    const key = folded(path);
    for (let end = key.indexOf("/"); end > 0; end = key.indexOf("/", end + 1)) {
      const parent = key.slice(0, end);
      const found = this.#kinds.get(parent);
      if (found === "file") return "entry_in_file";
      if (!found) this.#kinds.set(parent, "implied");
    }
    const found = this.#kinds.get(key);
    if (found === "implied" && kind === "file") return "entry_is_folder";
    if (found && found !== "implied") return "entry_twice";
    this.#kinds.set(key, kind);
    return undefined;
  }
}

function folded(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** For messages, because a name may be very long. */
function cut(name: string): string {
  return name.slice(0, 200);
}
