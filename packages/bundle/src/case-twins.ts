import { readdirSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Metafile } from "esbuild";
import type { NodePack } from "./pack.ts";
import { type Problem, shownPath } from "./problems.ts";

/** Modules beside which another lies whose name differs only in case: esbuild takes one for the other, and Node.js does not. */
export function caseTwins({ directory }: NodePack, { inputs }: Metafile): Problem[] {
  const files = Object.keys(inputs).filter((path) => /^[^:]*$/.test(path));
  const inFolders = new Map<string, string[]>();
  return files.flatMap((path) => {
    const full = resolve(directory, path);
    const [folder, name] = [dirname(full), basename(full)];
    const names = inFolders.get(folder) ?? readdirSync(folder);
    inFolders.set(folder, names);
    const twin = names.find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
    if (twin === undefined) return [];
    return [
      {
        file: shownPath(directory, full),
        text: `${twin} lies beside it, and a bundle takes one for the other: rename it`,
      },
    ];
  });
}
