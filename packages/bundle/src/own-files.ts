import { readFileSync } from "node:fs";
import { dirname, extname, relative, sep } from "node:path";
import { type BuildFailure, type Loader, type Plugin, transform } from "esbuild";
import type { Compiled } from "./compile-program.ts";
import type { NodePack } from "./pack.ts";

/** A module that is the folder of the bundle, when it runs. */
const ROOT = "quillon:root";

/**
 * The module that a bundle begins with. It loads the pack's own first file, which esbuild would lay bare otherwise: all of the bundle would be
 * in strict mode then, if that file is, and dependencies that are not written for it would fail.
 */
export const ENTRY = "quillon:entry";

/** What esbuild puts in the place of `import.meta.…`, which a bundle in CommonJS does not have. */
export const META = {
  "import.meta.url": "__quillon_url",
  "import.meta.dirname": "__quillon_dirname",
  "import.meta.filename": "__quillon_filename",
};

/**
 * Loads the pack's own files: TypeScript as the compiler has written it, and each with its place in the artifact as `__dirname`,
 * because the data files that it reads are carried along there.
 *
 * @param written gets, by the path of its source, what esbuild is given where that is something else.
 */
export function ownFiles(
  { directory, entry }: NodePack,
  { compiled, written }: { compiled: Compiled | undefined; written: Map<string, string> },
): Plugin {
  const isOwn = (path: string) => path.startsWith(directory + sep) && !path.includes(`${sep}node_modules${sep}`);
  return {
    name: "own-files",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^quillon:root$/ }, ({ path }) => ({ path, namespace: ROOT }));
      onLoad({ filter: /.*/, namespace: ROOT }, () => ({ contents: "module.exports = __dirname;", loader: "js" }));
      onResolve({ filter: /^quillon:entry$/ }, ({ path }) => ({ path, namespace: ENTRY }));
      onLoad({ filter: /.*/, namespace: ENTRY }, () => ({
        contents: `module.exports = require(${JSON.stringify(entry)});`,
        loader: "js",
        resolveDir: directory,
      }));
      onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
        const output = compiled?.outputs.get(path);
        if (output === undefined && !isOwn(path)) return undefined;
        const contents = output ?? readFileSync(path, "utf8");
        const loader: Loader = output === undefined ? loaderOf(path) : "js";
        if (output !== undefined) written.set(path, output);
        if (!isOwn(path) || !NAMES_ITS_PLACE.test(contents)) return { contents, loader };
        try {
          const made = await placed(contents, { path: relative(directory, path), loader });
          written.set(path, made.contents);
          return made;
        } catch (error) {
          return { errors: (error as BuildFailure).errors };
        }
      });
    },
  };
}

function loaderOf(path: string): Loader {
  return extname(path).replace(/[cm]/, "").slice(1) as Loader;
}

/** `import.meta`, or names of CommonJS. A module may declare these itself, so only those that nothing in the file declares are replaced. */
const NAMES_ITS_PLACE = /\bimport\.meta\b|\b__(dirname|filename)\b/;

async function placed(code: string, { path, loader }: { path: string; loader: Loader }) {
  const posix = path.split(sep).join("/");
  const { code: contents } = await transform(code, {
    loader,
    define: { ...META, __dirname: META["import.meta.dirname"], __filename: META["import.meta.filename"] },
    sourcefile: posix,
    sourcemap: "inline",
    tsconfigRaw: {},
  });
  return { contents: declared(contents, posix), loader: "js" as const };
}

/** In the first line, and behind `#!` and `"use strict"`, so that source maps and the directive hold. */
function declared(code: string, path: string): string {
  const place = (to: string) => (to === "." ? "__quillon_root" : `__quillon_root + ${JSON.stringify(`/${to}`)}`);
  const names = {
    [META["import.meta.filename"]]: place(path),
    [META["import.meta.dirname"]]: place(dirname(path)),
    [META["import.meta.url"]]: `require("node:url").pathToFileURL(${place(path)}).href`,
  };
  const used = Object.entries(names).filter(([name]) => code.includes(name));
  if (used.length === 0) return code;
  const declaration = [["__quillon_root", `require("${ROOT}")`], ...used].map((pair) => pair.join(" = ")).join(", ");
  const [before = ""] = /^(#![^\n]*\n)?(\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*(["']use strict["'];?)?/.exec(code) ?? [];
  return `${before}var ${declaration};${code.slice(before.length)}`;
}
