import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { type BuildOptions, type BuildResult, build, type Message, type Plugin } from "esbuild";
import type { Compiler } from "./compile.ts";
import type { NodePack } from "./pack.ts";

export type InMemory = BuildOptions & { write: false; metafile: true };

export interface Known {
  compiler: Compiler;
  /** What esbuild was given in the place of files. */
  written: ReadonlyMap<string, string>;
}

/** By the path of a file, the modules that it asks for and that are not there. */
type Absent = Map<string, Set<string>>;

/** The `id` of what is said of modules that are not there, and that a bundle is made without. */
export const ABSENT = "quillon-absent";

const MISSING = /^Could not resolve "(.*)"$/;

/**
 * What esbuild makes, or its errors. Modules that are not there, and that the pack's own code works without, are warnings: esbuild itself
 * sees no other condition than `try`.
 */
export async function buildWithout(
  pack: NodePack,
  options: InMemory,
  known: Known,
): Promise<BuildResult<InMemory> | { errors: Message[] }> {
  const made = await built(options);
  if ("outputFiles" in made) return made;
  const absent = await guardedModules(pack, made.errors, known);
  if (absent.size === 0) return made;
  const without = await built({ ...options, plugins: [leftToNode(pack, absent), ...(options.plugins ?? [])] });
  if (!("outputFiles" in without)) return without;
  const left = made.errors.filter(({ text, location }) => {
    const [, name = ""] = MISSING.exec(text) ?? [];
    return location !== null && absent.get(resolve(pack.directory, location.file))?.has(name);
  });
  return { ...without, warnings: [...without.warnings, ...left.map((one) => ({ ...one, id: ABSENT }))] };
}

function built(options: InMemory): Promise<BuildResult<InMemory> | { errors: Message[] }> {
  return build(options).catch((error: { errors?: Message[] }) => {
    if (!error.errors) throw error;
    return { errors: error.errors };
  });
}

async function guardedModules(
  { directory }: NodePack,
  errors: readonly Message[],
  { compiler, written }: Known,
): Promise<Absent> {
  const [guarded, others] = [new Map() as Absent, new Map() as Absent];
  for (const { text, location } of errors) {
    const [, name] = MISSING.exec(text) ?? [];
    if (name === undefined || !location || /(^|\/)node_modules\//.test(location.file)) continue;
    const full = resolve(directory, location.file);
    const code = written.get(full) ?? (existsSync(full) ? readFileSync(full, "utf8") : undefined);
    const absent = code !== undefined && (await compiler.isGuarded(code, location)) ? guarded : others;
    absent.set(full, (absent.get(full) ?? new Set()).add(name));
  }
  const only = ([full, names]: [string, Set<string>]) =>
    [full, new Set([...names].filter((name) => !others.get(full)?.has(name)))] as const;
  return new Map([...guarded].map(only).filter(([, names]) => names.size > 0));
}

/** Node.js is asked for them when the pack runs, and says that they are not there. */
function leftToNode({ directory }: NodePack, absent: Absent): Plugin {
  return {
    name: "left-to-node",
    setup({ onResolve }) {
      onResolve({ filter: /./ }, ({ path, importer }) => {
        if (!absent.get(importer)?.has(path)) return undefined;
        // A bundle is in the pack's folder, wherever the file is.
        const place = () =>
          `./${relative(directory, resolve(dirname(importer), path))
            .split(sep)
            .join("/")}`;
        return { path: /^\.\.?(\/|$)/.test(path) ? place() : path, external: true };
      });
    },
  };
}
