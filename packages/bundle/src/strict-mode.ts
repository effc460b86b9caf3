import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Metafile } from "esbuild";
import type { Compiled } from "./compile-program.ts";
import type { NodePack } from "./pack.ts";

interface Written {
  js: Uint8Array;
  /** Its source map, as JSON. */
  map: string;
}

interface Made {
  metafile: Metafile;
  compiled: Compiled | undefined;
}

const STRICT = '"use strict";\n';
/** Behind `#!` and comments. */
const IS_STRICT = /^(#![^\n]*\n)?(?:\s|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*["']use strict["']/;
/** Not modules that are made for the bundle, which have a word and a colon before their names. */
const IS_FILE = /^[^:]*\.[cm]?[jt]sx?$/;

/**
 * Puts a bundle in strict mode where it has ES modules, which esbuild writes into a file that is not. A pack whose first file is an ES module is
 * always strict, with its dependencies, as other bundlers have it; another one only when nothing in it is written for the other mode.
 */
export function inItsMode(
  { directory, entry }: NodePack,
  written: Written,
  { metafile: { inputs, outputs }, compiled }: Made,
): Written {
  const used = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const files = used
    .filter((path) => IS_FILE.test(path))
    .map((path) => ({ full: resolve(directory, path), isEsm: inputs[path]?.format === "esm" }));
  if (!files.some(({ isEsm }) => isEsm)) return written;
  const isAlways = files.some(({ full, isEsm }) => isEsm && full === entry);
  const codeOf = (full: string) => compiled?.outputs.get(full) ?? readFileSync(full, "utf8");
  const isStrict = isAlways || files.every(({ full, isEsm }) => isEsm || IS_STRICT.test(codeOf(full)));
  return isStrict ? strict(written) : written;
}

function strict({ js, map }: Written): Written {
  const parsed = JSON.parse(map) as { mappings: string };
  // A semicolon is a line without places.
  return {
    js: Buffer.concat([Buffer.from(STRICT), js]),
    map: JSON.stringify({ ...parsed, mappings: `;${parsed.mappings}` }),
  };
}
