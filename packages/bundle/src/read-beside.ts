import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Metafile } from "esbuild";
import type { NodePack } from "./pack.ts";
import type { Problem } from "./refused.ts";

const OWN_PLACE = /\b__(dirname|filename)\b|\bimport\.meta\.(url|dirname|filename)\b/;
/** Of it, nothing that is carried reads files. */
const KNOWN = /node_modules\/@pulumi\/pulumi\//;

/**
 * The installed packages in a bundle that ask for the place of their own code, and so may read files there, which are not carried.
 * esbuild keeps silent about them.
 */
export function readersBesideThemselves({ directory }: NodePack, { inputs, outputs }: Metafile): Problem[] {
  const used = new Set(Object.values(outputs).flatMap((output) => Object.keys(output.inputs)));
  return Object.keys(inputs).flatMap((path) => {
    const [, file] = /(?:^|\/)(node_modules\/.*\.[cm]?js)$/.exec(path) ?? [];
    if (!file || KNOWN.test(path) || !used.has(path)) return [];
    const line = readFileSync(resolve(directory, path), "utf8")
      .split("\n")
      .findIndex((text) => OWN_PLACE.test(text));
    const text = "it asks where its own file is, and may read others there, which a bundle does not carry";
    return line < 0 ? [] : [{ file, line: line + 1, text }];
  });
}
