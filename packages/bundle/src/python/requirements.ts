import { posix } from "node:path";
import type { Files } from "../artifact.ts";
import type { Problem } from "../problems.ts";

/** What requirements ask for that has no wheel which could travel, because it is not asked of a package index; in the files that they include, too. */
export function unreachable(published: Files, file = "requirements.txt", seen = new Set<string>()): Problem[] {
  seen.add(file);
  const lines = String(published.get(file)).split("\n");
  return lines.flatMap((text, index) => {
    const line = text.replace(/(^|\s)#.*/, "").trim();
    const at = { file, line: index + 1 };
    const [, included] = /^(?:-r|-c|--requirement|--constraint)[\s=]*(.+)$/.exec(line) ?? [];
    if (included === undefined) {
      if (!isElsewhere(line)) return [];
      return [{ ...at, text: `${line} is not asked of a package index, so it has no wheel that could travel` }];
    }
    const path = posix.join(posix.dirname(file), included);
    if (!published.has(path)) return [{ ...at, text: `${included} is not published with the pack` }];
    return seen.has(path) ? [] : unreachable(published, path, seen);
  });
}

function isElsewhere(line: string): boolean {
  if (/^-(e\b|-editable\b)/.test(line)) return true;
  // Other options do not ask for a package.
  if (line.startsWith("-")) return false;
  const [wanted = ""] = line.split(/[;[\s]/, 1);
  return /[/\\]|\.(whl|zip|tar\.\w+|tgz)$/.test(wanted) || /@\s*(file:|[\w+]+:\/\/)/.test(line);
}
