import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Metafile } from "esbuild";
import type { NodePack } from "./pack.ts";
import { type Problem, shownPath } from "./problems.ts";

/**
 * Where modules are named by a text of which only the beginning is known. esbuild carries all files of the folder without a word, but finds them by
 * their whole names alone, and where there is none it fails in another way than Node.js.
 */
export function computedNames({ directory }: NodePack, { inputs }: Metafile): Problem[] {
  return Object.entries(inputs).flatMap(([path, { imports }]) => {
    const full = resolve(directory, path);
    const patterns = imports.flatMap(({ path: to, external }) => (external && to.includes("*") ? [to] : []));
    return patterns.map((pattern) => {
      const [folder = ""] = pattern.split("*", 1);
      const lines = readFileSync(full, "utf8").split("\n");
      const line = lines.findIndex((one) => one.includes(folder)) + 1;
      const text = `it loads a module by a computed name, ${pattern}`;
      return { file: shownPath(directory, full), ...(line > 0 && { line }), text };
    });
  });
}
