import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import type TypeScript from "typescript";

/**
 * What Pulumi's runner would have left in the cache of its ts-node: compiled files by the compiler, its options and their source. Where it is
 * given these, a pack that has just been compiled starts without being compiled again. What it would compile otherwise, it does not find.
 *
 * https://github.com/TypeStrong/ts-node/blob/v7.0.1/src/index.ts#L207
 *
 * @param outputs JavaScript with a source map inside, by the path of its source
 * @param defaults the runner's own options
 * @returns by path in the cache's folder; nothing where another ts-node is installed.
 */
export function tsNodeCache(
  ts: typeof TypeScript,
  { directory, outputs, defaults }: { directory: string; outputs: ReadonlyMap<string, string>; defaults: object },
): Map<string, string> {
  const compiler = compilerName(directory);
  if (compiler === undefined) return new Map();
  const facts = {
    version: ts.version,
    options: optionsOf(ts, directory, defaults),
    fileNames: [],
    typeCheck: true,
    ignoreDiagnostics: [6059, 18002, 18003],
    compiler,
  };
  const folder = sha256(JSON.stringify(facts));
  return new Map(
    [...outputs].map(([path, text]) => [
      join(folder, `${sha256(`${extname(path)}\0${readFileSync(path, "utf8")}`)}.js`),
      text,
    ]),
  );
}

/**
 * What the runner says of its options, which are not those that a bundle is compiled with; where its ts-node is known.
 *
 * @param sources the pack's own files
 */
export function runnerRefuses(
  ts: typeof TypeScript,
  { directory, defaults, sources }: { directory: string; defaults: object; sources: readonly TypeScript.SourceFile[] },
): TypeScript.Diagnostic[] {
  if (!runnerRemembers(directory)) return [];
  const options = optionsOf(ts, directory, defaults);
  const byName = new Map(sources.map((file) => [file.fileName, file]));
  // Options alone need no types.
  const host = { ...ts.createCompilerHost(options), getSourceFile: (path: string) => byName.get(path) };
  host.getCurrentDirectory = () => directory;
  const program = ts.createProgram([...byName.keys()], { ...options, types: [], noResolve: true }, host);
  return program.getOptionsDiagnostics().filter(({ code }) => !NOT_FOUND.has(code));
}

/** Of a file, and of types. */
const NOT_FOUND = new Set([6053, 2688]);

/** Whether a pack's runner would look there. */
export function runnerRemembers(directory: string): boolean {
  return compilerName(directory) !== undefined;
}

/** How the runner names the compiler. @returns undefined where its ts-node is not the one that it carries. */
function compilerName(directory: string): string | undefined {
  const runner = createRequire(createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/package.json"));
  const has = (name: string) => {
    try {
      return runner.resolve(name) !== "";
    } catch {
      return false;
    }
  };
  if (has("ts-node") || !has("./vendor/ts-node@7.0.1")) return undefined;
  const vendored = "./vendor/typescript@3.8.3/typescript.js";
  return has("typescript") ? "typescript" : join(dirname(runner.resolve("./package.json")), vendored);
}

function optionsOf(ts: typeof TypeScript, directory: string, defaults: object): TypeScript.CompilerOptions {
  const path = join(directory, "tsconfig.json");
  const file = existsSync(path) ? path : undefined;
  const project = file ? ts.readConfigFile(file, ts.sys.readFile).config : {};
  const own = project.compilerOptions ?? {};
  // In this order, which is part of what the files are found by.
  const compilerOptions = Object.assign({}, own, defaults, { sourceMap: "true" }, own, ALWAYS);
  const config = { ...project, compilerOptions };
  const host = { ...ts.sys, readDirectory: () => [] };
  const { options } = ts.parseJsonConfigFileContent(config, host, directory, undefined, file);
  for (const name of LEFT_OUT) delete options[name];
  return options;
}

const ALWAYS = {
  sourceMap: true,
  inlineSourceMap: false,
  inlineSources: true,
  declaration: false,
  noEmit: false,
  outDir: "$$ts-node$$",
};

const LEFT_OUT = ["out", "outFile", "composite", "declarationDir", "declarationMap", "emitDeclarationOnly"];

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
