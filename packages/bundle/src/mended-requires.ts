import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { BuildResult, Message, Plugin } from "esbuild";
import { buildWithout, type InMemory, type Known } from "./absent-modules.ts";
import type { RequireEdit } from "./indirect-requires.ts";
import type { NodePack } from "./pack.ts";

/** Of files that use `require` otherwise than by calling it. */
interface Found {
  /** By path, those that do in a bundle what they do alone when they are written so. */
  mended: Map<string, string>;
  /** What esbuild warns of where nothing is wrong. */
  inVain: ReadonlySet<Message>;
}

/** What esbuild makes, or its errors; without warnings of a `require` that is not called, where that does no harm or can be mended. */
export async function buildMended(
  pack: NodePack,
  options: InMemory,
  known: Known,
): Promise<BuildResult<InMemory> | { errors: Message[] }> {
  const mended = new Map<string, string>();
  const plugins = [filesAs(mended), ...(options.plugins ?? [])];
  for (;;) {
    const result = await buildWithout(pack, { ...options, plugins }, known);
    if (!("outputFiles" in result)) return result;
    const written = new Map([...known.written, ...mended]);
    const found = await indirectRequires(pack, result, { ...known, written });
    if (found.mended.size === 0) return without(result, found.inVain);
    // They may ask for modules that esbuild has not seen.
    for (const [path, code] of found.mended) mended.set(path, code);
  }
}

function without(result: BuildResult<InMemory>, inVain: ReadonlySet<Message>): BuildResult<InMemory> {
  return { ...result, warnings: result.warnings.filter((warning) => !inVain.has(warning)) };
}

/** ES modules have no `require`, and in a bundle they would have one, so nothing is mended in them. */
async function indirectRequires(
  { directory }: NodePack,
  { warnings, metafile }: BuildResult<InMemory>,
  { compiler, written }: Known,
): Promise<Found> {
  const found = warnings.flatMap((warning) => {
    const { id, location } = warning;
    return id === "indirect-require" && location && metafile.inputs[location.file]?.format === "cjs"
      ? [{ warning, location, full: resolve(directory, location.file) }]
      : [];
  });
  const mended = new Map<string, string>();
  const inVain = new Set<Message>();
  for (const full of new Set(found.map((one) => one.full))) {
    const code = written.get(full) ?? readFileSync(full, "utf8");
    const here = found.filter((one) => one.full === full);
    const places = here.map(({ location: { line, column } }) => ({ line, column }));
    const { edits, others } = await compiler.requireUses(code, places);
    const better = /[\\/]node_modules[\\/]/.test(full) ? edited(code, edits, dirname(full)) : undefined;
    if (better !== undefined) mended.set(full, better);
    else if (edits.length + others.length === 0) for (const { warning } of here) inVain.add(warning);
  }
  return { mended, inVain };
}

/** @returns undefined when there is nothing to do, or it can't be done. */
function edited(code: string, edits: readonly RequireEdit[], folder: string): string | undefined {
  let made = code;
  for (const { start, end, by } of edits.toSorted((a, b) => b.start - a.start)) {
    const text = "text" in by ? by.text : loaderOf(folder, by.folder);
    if (text === undefined) return undefined;
    made = made.slice(0, start) + text + made.slice(end);
  }
  return edits.length > 0 ? made : undefined;
}

/** A function that finds a folder's modules as `require` does. It is one line, so that what follows stays in its own. */
function loaderOf(from: string, folder: string): string | undefined {
  const path = join(from, folder);
  const entries = existsSync(path) ? readdirSync(path, { withFileTypes: true }) : [];
  const names = entries.map(({ name }) => name).filter((name) => /\.(js|cjs|json)$/.test(name));
  if (names.length === 0 || !entries.every((one) => one.isFile() && !/\.node$/.test(one.name))) return undefined;
  const modules = names.sort().map((name) => {
    const module = JSON.stringify(folder + name);
    return `${module}: function () { return require(${module}); }`;
  });
  return `(function (modules) { return function (name) { ${FIND} }; })({ __proto__: null, ${modules.join(", ")} })`;
}

const FIND = [
  'var found = modules[name] || modules[name + ".js"] || modules[name + ".json"];',
  "if (found) return found();",
  `throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: "MODULE_NOT_FOUND" });`,
].join(" ");

function filesAs(files: ReadonlyMap<string, string>): Plugin {
  return {
    name: "mended-requires",
    setup({ onLoad }) {
      onLoad({ filter: /\.c?js$/ }, ({ path }) => {
        const contents = files.get(path);
        return contents === undefined ? undefined : { contents, loader: "js" };
      });
    },
  };
}
