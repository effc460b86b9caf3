import { posix } from "node:path";
import type { Files } from "../artifact.ts";
import type { Problem } from "../problems.ts";
import { nameIn } from "./wheel.ts";

/** What requirements ask for that has no wheel which could travel, because it is not asked of a package index; in the files that they include, too. */
export function unreachable(published: Files): Problem[] {
  return [...lines(published)].flatMap(({ file, number, line, included }) => {
    const problem = (text: string) => [{ file, line: number, text }];
    if (included !== undefined)
      return published.has(included.path) ? [] : problem(`${included.named} is not published with the pack`);
    return isElsewhere(line)
      ? problem(`${line} is not asked of a package index, so it has no wheel that could travel`)
      : [];
  });
}

/** What writes requirements.txt, by the program that installs a pack. poetry needs poetry-plugin-export for it. */
const EXPORTS: Partial<Record<string, string>> = {
  uv: "uv export --no-dev --no-emit-project -o requirements.txt",
  poetry: "poetry export -o requirements.txt",
};

/** Why a pack has no wheels that travel, which another program than pip installs, and what to do. */
export function otherInstaller(toolchain: string): string {
  const why = `wheels travel only with packs that pip installs, and ${toolchain} installs this one`;
  const command = EXPORTS[toolchain];
  if (command === undefined) return why;
  return `${why}. To change that, run \`${command}\`, and write \`toolchain: pip\` and \`virtualenv: .venv\` into the options of the runtime in PulumiPolicy.yaml`;
}

/** The names of the packages that requirements ask for themselves. */
export function askedFor(published: Files): Set<string> {
  return new Set([...lines(published)].map(({ line }) => nameIn(line)));
}

interface Line {
  file: string;
  number: number;
  /** Without comments. */
  line: string;
  included: { named: string; path: string } | undefined;
}

/** Those of requirements.txt and of the files that it includes. */
function* lines(published: Files, file = "requirements.txt", seen = new Set<string>()): Generator<Line> {
  seen.add(file);
  for (const [index, text] of String(published.get(file)).split("\n").entries()) {
    const line = text.replace(/(^|\s)#.*/, "").trim();
    const [, named] = /^(?:-r|-c|--requirement|--constraint)[\s=]*([^\s=].*)$/.exec(line) ?? [];
    const included = named === undefined ? undefined : { named, path: posix.join(posix.dirname(file), named) };
    yield { file, number: index + 1, line, included };
    if (included && published.has(included.path) && !seen.has(included.path))
      yield* lines(published, included.path, seen);
  }
}

function isElsewhere(line: string): boolean {
  if (/^-(e\b|-editable\b)/.test(line)) return true;
  // Other options do not ask for a package.
  if (line.startsWith("-")) return false;
  const [wanted = ""] = line.split(/[;[\s]/, 1);
  return /[/\\]|\.(whl|zip|tar\.\w+|tgz)$/.test(wanted) || /@\s*(file:|[\w+]+:\/\/)/.test(line);
}
