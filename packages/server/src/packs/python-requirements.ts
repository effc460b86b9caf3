import { posix } from "node:path";
import { type Dependency, pathOfUrl } from "@quillon/contract/dependencies";
import { isInArchive, type PackFiles } from "./dependency.ts";
import { PACKAGE } from "./entry-names.ts";

/** The first line of a requirements file, or of those that it includes, that asks for something outside the archive. */
export function unreachableRequirement(
  files: PackFiles,
  path: string,
  seen = new Set<string>(),
): Dependency | undefined {
  const text = files.texts.get(path);
  if (text === undefined || seen.has(path)) return undefined;
  seen.add(path);
  for (const line of linesOf(text)) {
    const found = unreachableLine(files, line, path, seen);
    if (found) return found;
  }
  return undefined;
}

function unreachableLine(files: PackFiles, line: string, path: string, seen: Set<string>): Dependency | undefined {
  if (!line.startsWith("-")) return isReachableRequirement(files, line) ? undefined : dependencyOf(line);
  const folder = posix.dirname(path);
  for (const option of optionsIn(line)) {
    const found = unreachableOption(files, option, folder, seen);
    if (found) return found;
  }
  return undefined;
}

function unreachableOption(
  files: PackFiles,
  { kind, value }: PlaceOption,
  folder: string,
  seen: Set<string>,
): Dependency | undefined {
  if (kind === "editable") return isReachableRequirement(files, value, true) ? undefined : dependencyOf(value);
  if (kind === "packages")
    return isReachableIndex(files, value, folder) ? undefined : { name: "packages", from: value };
  if (/^(https?:|.*\$\{)/.test(value)) return undefined;
  if (!isInArchive(files.names, pathOfUrl(value), folder)) return { name: posix.basename(value), from: value };
  return unreachableRequirement(files, posix.join(folder, pathOfUrl(value)), seen);
}

interface PlaceOption {
  kind: OptionKind;
  value: string;
}

type OptionKind = "editable" | "packages" | "file";

/** Options of a requirements file whose value is a place: https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
const OPTIONS: readonly [name: string, kind: OptionKind][] = [
  ["-r", "file"],
  ["-c", "file"],
  ["-e", "editable"],
  ["-f", "packages"],
  ["-i", "packages"],
  ["--requirement", "file"],
  ["--constraint", "file"],
  ["--editable", "editable"],
  ["--find-links", "packages"],
  ["--index-url", "packages"],
  ["--extra-index-url", "packages"],
  ["--pypi-url", "packages"],
];

/** A line can have several options. pip takes the start of a long option's name for the option, and quotes as a shell does. */
function optionsIn(line: string): PlaceOption[] {
  const words = [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^ "'])+|["']/g)].map(([word]) => word.replace(/["']/g, ""));
  return words.flatMap((word, index) => {
    const [name = "", attached] = word.startsWith("--") ? splitOnce(word, "=") : [word.slice(0, 2), word.slice(2)];
    const kind = OPTIONS.find(([option]) => option === name || (name.length > 3 && option.startsWith(name)))?.[1];
    if (!kind || words[index - 1] === "--hash") return [];
    return [{ kind, value: (attached?.replace(/^=/, "") || words[index + 1]) ?? "" }];
  });
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Whether an index, or a place where packages are looked for, is in the archive or on the network. */
export function isReachableIndex(
  { names }: Pick<PackFiles, "names">,
  place: string,
  folder: string = PACKAGE,
): boolean {
  if (place.includes("${")) return true;
  if (/^[a-z]:[/\\]/i.test(place)) return false;
  if (/^[a-z][a-z+.-]*:/i.test(place) && !/^file:/i.test(place)) return true;
  // pip looks from the file's folder, then from the pack's.
  return [folder, PACKAGE].some((from) => isInArchive(names, pathOfUrl(place), from));
}

/**
 * Whether pip and uv look for a requirement in the archive or on the network.
 *
 * @param isPath whether it is a path, where a name could be meant as well.
 */
export function isReachableRequirement(
  { names }: Pick<PackFiles, "names">,
  requirement: string,
  isPath = false,
): boolean {
  const from = sourceOf(requirement);
  // Their values are known only where it is installed.
  if (from.includes("${")) return true;
  if (/^[a-z]*\+?file:/i.test(from)) return !/^[a-z]+\+/i.test(from) && isInArchive(names, pathOfUrl(from));
  if (/^[a-z][a-z+.-]+:/i.test(from)) return true;
  const local = isPath || /^[.~]|[/\\]/.test(from) || /\.(whl|zip|tar\.gz)$/i.test(from);
  return !local || isInArchive(names, from);
}

/** @param requirement such as `x @ file:../x ; python_version > "3"`. */
export function dependencyOf(requirement: string): Dependency {
  const from = sourceOf(requirement);
  const named = / ?@ ?/.exec(requirement);
  const name = named && named.index > 0 ? requirement.slice(0, named.index) : posix.basename(from);
  return { name, from };
}

/** What is left of a requirement without its name before an `@`, its marker, its options and its extras. */
function sourceOf(requirement: string): string {
  const [plain = ""] = requirement.split(/ ?; | ;| --/, 1);
  const afterName = /^[\w.-]+ ?(?:\[[^\][]*\])? ?@ ?(?<from>.*)$/.exec(plain)?.groups?.from;
  return (afterName ?? plain).replace(/\[[^\][]*\]$/, "").trim();
}

/** Without comments, and each requirement on one line. Spaces are single, so that no pattern takes long. */
function linesOf(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, "")
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/\s+/g, " ")
        .replace(/(?:^| )#.*/, "")
        .trim(),
    )
    .filter((line) => line !== "");
}

/** What a requirements.txt may include, wherever it is in the pack. */
export function isRequirementsFile(path: string): boolean {
  return path.startsWith(`${PACKAGE}/`) && /(^|\/)(requirements|constraints)[^/]*(\/[^/]+)?\.(txt|in)$/.test(path);
}
