import { readFileSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { Metafile } from "esbuild";
import type { NodePack } from "./pack.ts";
import { type Problem, shownPath } from "./problems.ts";

/** Of them, nothing that policies use reads files. */
const KNOWN = /node_modules\/(@pulumi\/pulumi|@grpc\/grpc-js)\/(?!node_modules\/)/;

interface Find {
  /** In one line. */
  pattern: RegExp;
  /** What the file must have, too. */
  also?: RegExp;
  /** What it must not have. */
  unless?: RegExp;
  text: string;
  alsoOwn: boolean;
}

const LOADS = "it may load code that a bundle does not carry";

const FINDS: Find[] = [
  {
    pattern: /\b__(dirname|filename)\b|\bimport\.meta\.(url|dirname|filename)\b/,
    text: "it asks where its own file is, and may read others there, which a bundle does not carry",
    alsoOwn: false,
  },
  // A function that is made of a text has an import that no bundler sees.
  { pattern: /\bcreateRequire\b|\bnew Worker\b|\bFunction\(.{0,200}\bimport\b/, text: LOADS, alsoOwn: true },
  // Other things have methods of this name.
  { pattern: /\bfork\(/, also: /["'`](node:)?(child_process|cluster)["'`]/, text: LOADS, alsoOwn: true },
  { pattern: /\brequire\.(call|apply|bind)\(/, text: LOADS, alsoOwn: true },
  { pattern: /\bWorker\b/, also: /\bworker_threads\b/, text: LOADS, alsoOwn: true },
  { pattern: /\b(require\.main|process\.mainModule)\??\.require\b/, text: LOADS, alsoOwn: true },
  { pattern: /\._load\(/, also: /["'](node:)?module["']/, text: LOADS, alsoOwn: true },
  {
    pattern: /\bprocess\.(execPath|argv0)\b|["'`]node(\.exe)?["'`]|\bexec(Sync)?\(\s*["'`](node|npx|tsx|ts-node)\s/,
    also: /\bchild_process\b/,
    text: "it may start a script with Node.js, and what that imports is not beside a bundle",
    alsoOwn: true,
  },
  {
    pattern: /(?<![.\w$])module\.(parent|children|filename|path|paths|id|loaded)\b/,
    unless:
      /\b(const|let|var|import)\s+module\b|\bmodule\)?\s*=>|\(module\s*(?:[,:][^)]*)?\)\s*(=>|\{)|\bfunction\b[^(]*\(\s*module\b/,
    text: "it asks what Node.js knows of its module, and in a bundle modules have only their exports",
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
    if (KNOWN.test(path) || !/^[^:]*\.[cm]?[jt]sx?$/.test(path)) return [];
    const full = resolve(directory, path);
    const isOwn = full.startsWith(directory + sep) && !path.includes("node_modules/");
    const code = readFileSync(full, "utf8");
    const lines = code.split("\n");
    const finds = FINDS.filter(({ also, unless }) => (!also || also.test(code)) && !unless?.test(code));
    return finds.flatMap(({ pattern, text, alsoOwn }) => {
      if (isOwn && !alsoOwn) return [];
      const line = lines.findIndex((one) => pattern.test(one));
      return line < 0 ? [] : [{ file: shownPath(directory, full), line: line + 1, text }];
    });
  });
}
