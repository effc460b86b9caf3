import { readFileSync } from "node:fs";
import { dirname, extname, relative, sep } from "node:path";
import type { Loader, Plugin } from "esbuild";
import type { Compiled } from "./compile.ts";
import type { NodePack } from "./pack.ts";

/** A module that is the folder of the bundle, when it runs. */
const ROOT = "quillon:root";

/** What esbuild puts in the place of `import.meta.…`, which a bundle in CommonJS does not have. */
export const META = {
  "import.meta.url": "__quillon_url",
  "import.meta.dirname": "__quillon_dirname",
  "import.meta.filename": "__quillon_filename",
};

/**
 * Loads the pack's own files: TypeScript as the compiler has written it, and each with its place in the artifact as `__dirname`,
 * because the data files that it reads are carried along there.
 */
export function ownFiles({ directory }: NodePack, compiled: Compiled | undefined): Plugin {
  const isOwn = (path: string) => path.startsWith(directory + sep) && !path.includes(`${sep}node_modules${sep}`);
  return {
    name: "own-files",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^quillon:root$/ }, ({ path }) => ({ path, namespace: ROOT }));
      onLoad({ filter: /.*/, namespace: ROOT }, () => ({ contents: "module.exports = __dirname;", loader: "js" }));
      onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
        const output = compiled?.outputs.get(path);
        if (output === undefined && !isOwn(path)) return undefined;
        const contents = output ?? readFileSync(path, "utf8");
        const loader: Loader = output === undefined ? loaderOf(path) : "js";
        return { contents: isOwn(path) ? placed(contents, relative(directory, path)) : contents, loader };
      });
    },
  };
}

function loaderOf(path: string): Loader {
  return extname(path).replace(/[cm]/, "").slice(1) as Loader;
}

/** In the first line, and behind `#!` and `"use strict"`, so that source maps and the directive hold. */
function placed(code: string, path: string): string {
  const isModule = /\bimport\.meta\b/.test(code);
  if (!isModule && !/\b__(dirname|filename)\b/.test(code)) return code;
  const posix = path.split(sep).join("/");
  const folder = dirname(posix);
  const place = (to: string) => (to === "." ? "__quillon_root" : `__quillon_root + ${JSON.stringify(`/${to}`)}`);
  // Only a module may have names of its own for them, and only CommonJS has these.
  const names = isModule
    ? `${META["import.meta.filename"]} = ${place(posix)}, ${META["import.meta.dirname"]} = ${place(folder)}, ${META["import.meta.url"]} = __quillon_toUrl(${place(posix)}).href`
    : `__filename = ${place(posix)}, __dirname = ${place(folder)}`;
  const declared = isModule
    ? `import __quillon_root from "${ROOT}"; import { pathToFileURL as __quillon_toUrl } from "node:url"; const ${names};`
    : `var __quillon_root = require("${ROOT}"), ${names};`;
  const [before = ""] = /^(#![^\n]*\n)?(\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*(["']use strict["'];?)?/.exec(code) ?? [];
  return `${before}${declared}${code.slice(before.length)}`;
}
