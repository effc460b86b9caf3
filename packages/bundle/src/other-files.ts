import { readFileSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { Metafile } from "esbuild";
import type { NodePack } from "./pack.ts";
import { type Problem, shownPath } from "./problems.ts";

/** Of them, nothing that policies use reads files. */
const KNOWN = /node_modules\/(@pulumi\/pulumi|@grpc\/grpc-js)\/(?!node_modules\/)/;

const FINDS: { pattern: RegExp; text: string; alsoOwn: boolean }[] = [
  {
    pattern: /\b__(dirname|filename)\b|\bimport\.meta\.(url|dirname|filename)\b/,
    text: "it asks where its own file is, and may read others there, which a bundle does not carry",
    alsoOwn: false,
  },
  {
    pattern: /\bcreateRequire\b|\bnew Worker\b|\bfork\(/,
    text: "it may load code that a bundle does not carry",
    alsoOwn: true,
  },
];

/**
 * What in a bundle may look for files that are not carried. esbuild keeps silent about it. The pack's own data files are carried, so its own
 * code may ask for its place.
 */
export function readersOfOtherFiles({ directory }: NodePack, { outputs }: Metafile): Problem[] {
  const used = new Set(Object.values(outputs).flatMap((output) => Object.keys(output.inputs)));
  return [...used].flatMap((path) => {
    if (KNOWN.test(path) || !/^[^:]*\.[cm]?[jt]s$/.test(path)) return [];
    const full = resolve(directory, path);
    const isOwn = full.startsWith(directory + sep) && !path.includes("node_modules/");
    const lines = readFileSync(full, "utf8").split("\n");
    return FINDS.filter(({ alsoOwn }) => alsoOwn || !isOwn).flatMap(({ pattern, text }) => {
      const line = lines.findIndex((one) => pattern.test(one));
      return line < 0 ? [] : [{ file: shownPath(directory, full), line: line + 1, text }];
    });
  });
}
