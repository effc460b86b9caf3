import type { CarriedPackage } from "../carried-packages.ts";
import { readZip } from "./zip.ts";

/** A package as an index has it: https://packaging.python.org/en/latest/specifications/binary-distribution-format/ */
export interface Wheel {
  /** The name of its file. */
  file: string;
  content: Buffer;
  package: CarriedPackage;
  /** The names of the packages that it asks for, but for those of its extras. */
  requires: string[];
  /** Its files as they are installed, by path in `site-packages`. */
  installed: ReturnType<typeof readZip>;
  /** Whether it is the same for each Python and platform. */
  isForAll: boolean;
  /** Whether it has programs, or files for other folders than `site-packages`, so that only pip installs all of it. */
  hasMore: boolean;
}

/** @throws Error when it is no wheel. */
export function readWheel(file: string, content: Buffer): Wheel {
  const files = readZip(content);
  const [, info] = [...files.keys()].map((path) => /^([^/]+\.dist-info)\/METADATA$/.exec(path)).find(Boolean) ?? [];
  if (info === undefined) throw new Error(`${file} has no METADATA`);
  const texts = textsIn(files, info);
  const installed: Wheel["installed"] = new Map();
  let hasMore = /^\[(console|gui)_scripts\]/m.test(texts.get("entry_points.txt") ?? "");
  for (const [path, one] of files) {
    const [, folder, inside] = /^[^/]+\.data\/([^/]+)\/(.*)$/.exec(path) ?? [];
    if (inside === undefined) installed.set(path, one);
    else if (folder === "purelib" || folder === "platlib") installed.set(inside, one);
    else hasMore = true;
  }
  return {
    file,
    content,
    ...metadataOf(texts),
    installed,
    isForAll: file.endsWith("-none-any.whl"),
    hasMore,
  };
}

/** One name of the many that an index takes for the same: https://packaging.python.org/en/latest/specifications/name-normalization/ */
export function normalized(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

/** The name that a requirement begins with: https://packaging.python.org/en/latest/specifications/dependency-specifiers/ */
export function nameIn(requirement: string): string {
  return normalized(/^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(requirement)?.[0] ?? "");
}

/** The files that say what the package is, by path beside METADATA. */
function textsIn(files: Wheel["installed"], info: string): Map<string, string> {
  const inside = [...files].filter(([path]) => path.startsWith(`${info}/`));
  return new Map(inside.map(([path, { content }]) => [path.slice(info.length + 1), String(content)]));
}

function metadataOf(texts: ReadonlyMap<string, string>): Pick<Wheel, "package" | "requires"> {
  const fields = fieldsOf(texts.get("METADATA") ?? "");
  const one = (name: string) => fields.find(([field]) => field === name)?.[1];
  const classifiers = fields.flatMap(([field, value]) => {
    const [, license] = /^License :: (?:OSI Approved :: )?(.+)$/.exec(field === "classifier" ? value : "") ?? [];
    return license ?? [];
  });
  const licenses = [...texts]
    .filter(([path]) => /^(licenses\/|licen[cs]e|copying|notice)/i.test(path))
    .map(([path, text]) => [path.replace(/^licenses\//, ""), text] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    package: {
      name: normalized(one("name") ?? ""),
      version: one("version"),
      license: one("license-expression") ?? one("license") ?? (classifiers.join(" OR ") || undefined),
      texts: Object.fromEntries(licenses),
      registry: "pypi",
    },
    // Also what only an extra asks for, because nothing says which extras were asked for.
    requires: fields.flatMap(([field, value]) => (field === "requires-dist" ? nameIn(value) : [])),
  };
}

/** Of one line, because in older packages the field of the licence may have its whole text. */
function fieldsOf(metadata: string): [name: string, value: string][] {
  const [head = ""] = metadata.split(/\r?\n\r?\n/, 1);
  return head
    .replace(/^\S.*(\r?\n[ \t].*)+/gm, "")
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, name = "", value = ""] = /^([\w-]+):(.+)$/.exec(line) ?? [];
      return name && value.trim() !== "" && value.trim() !== "UNKNOWN"
        ? [[name.toLowerCase(), value.trim()] as [string, string]]
        : [];
    });
}
