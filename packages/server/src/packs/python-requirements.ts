import { posix } from "node:path";
import { type Dependency, isInArchive, type PackFiles, pathOfUrl } from "./dependency.ts";
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
  const { option, value = "" } =
    /^(?<option>-r|-c|-e|--requirement|--constraint|--editable)[ =]?(?<value>.*)$/.exec(line)?.groups ?? {};
  if (!option) return line.startsWith("-") || isReachableRequirement(files, line) ? undefined : dependencyOf(line);
  if (/^(-e|--editable)$/.test(option))
    return isReachableRequirement(files, value, true) ? undefined : dependencyOf(value);
  if (/^(https?:|.*\$\{)/.test(value)) return undefined;
  const folder = posix.dirname(path);
  if (!isInArchive(files.names, pathOfUrl(value), folder)) return { name: posix.basename(value), from: value };
  return unreachableRequirement(files, posix.join(folder, pathOfUrl(value)), seen);
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
        .replace(/(^| )#.*$/, "")
        .trim(),
    )
    .filter((line) => line !== "");
}

/** What a requirements.txt may include, wherever it is in the pack. */
export function isRequirementsFile(path: string): boolean {
  return path.startsWith(`${PACKAGE}/`) && /(^|\/)(requirements|constraints)[^/]*(\/[^/]+)?\.(txt|in)$/.test(path);
}
