import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type TypeScript from "typescript";
import { publishedPath } from "./carried-packages.ts";
import { PackRefused, type Problem } from "./problems.ts";
import { runnerRefuses, tsNodeCache } from "./ts-node-cache.ts";

export interface Compiled {
  /** JavaScript with a source map inside, by the path of its source. */
  outputs: ReadonlyMap<string, string>;
  /** See `tsNodeCache`. */
  remembered: ReadonlyMap<string, string>;
}

/**
 * Compiles a pack's own TypeScript with the compiler and the options that Pulumi's runner takes, so that a bundled pack does what
 * the pack as it is does, and what that one refuses to start with is refused here.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/cmd/run-policy-pack/run.ts
 *
 * @throws PackRefused with what the compiler says, by file and line.
 */
export function compileProgram(directory: string, entry: string): Compiled {
  const { ts, program, sources, written, refused, defaults } = programOf(directory, entry);
  const options = program.getOptionsDiagnostics();
  const codes = new Set(options.map(({ code }) => code));
  const mistakes = [
    ...options,
    ...refused().filter(({ code }) => !codes.has(code)),
    ...sources.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ].filter(({ category, code }) => category === ts.DiagnosticCategory.Error && !IGNORED.has(code));
  if (mistakes.length === 0) return written();
  const named = Object.entries(defaults).map(([name, value]) => `${name} ${value}`);
  const why = mistakes.every(({ file }) => file)
    ? ""
    : `, where tsconfig.json itself says nothing else with the ${named.join(", ")} of Pulumi's runner`;
  throw new PackRefused(`The policy pack does not compile${why}:`, mistakes.map(problemOf(ts, directory)));
}

/**
 * What compiling gives in nearly all packs, in a tenth of the time: of its own files alone, without any types and without looking
 * for mistakes. It differs where the JavaScript depends on types elsewhere, such as the constant enums of a library.
 */
export function draftProgram(directory: string, entry: string): Compiled {
  return programOf(directory, entry, { isDraft: true }).written();
}

function programOf(directory: string, entry: string, { isDraft = false } = {}) {
  const ts = compilerOf(directory);
  const defaults = defaultsOf(ts, directory);
  const asked: TypeScript.CompilerOptions = { ...optionsOf(ts, directory, defaults), ...EMIT };
  for (const name of PLACES) delete asked[name];
  const options = isDraft ? { ...asked, noLib: true, types: [] } : asked;
  const host = ts.createCompilerHost(options);
  // Where the runner is, and where types for all files are looked for. This process may be elsewhere.
  host.getCurrentDirectory = () => directory;
  // As tsc itself: reading the comments of a provider's types takes as long as reading its types.
  if (ts.JSDocParsingMode) host.jsDocParsingMode = ts.JSDocParsingMode.ParseForTypeErrors;
  if (isDraft) {
    const { getSourceFile } = host;
    host.getSourceFile = (path, ...how) => (isOfOthers(path) ? undefined : getSourceFile(path, ...how));
  }
  const program = ts.createProgram({ rootNames: [entry], options, host });
  const sources = program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file));
  const written = (): Compiled => {
    const outputs = new Map<string, string>();
    const transformers = { after: [withPublishedPath(ts, directory)] };
    for (const file of sources) {
      const write = (path: string, text: string) => {
        if (/\.[cm]?jsx?$/.test(path)) outputs.set(resolve(file.fileName), text);
      };
      program.emit(file, write, undefined, false, transformers);
    }
    return { outputs, remembered: tsNodeCache(ts, { directory, outputs, defaults }) };
  };
  return {
    ts,
    program,
    sources,
    written,
    defaults,
    refused: () => runnerRefuses(ts, { directory, defaults, sources }),
  };
}

/** JSX for development has a variable with the path of its file, which would be published. */
function withPublishedPath(
  ts: typeof TypeScript,
  directory: string,
): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  return (context) => (source) => {
    const { jsx } = context.getCompilerOptions();
    // Old compilers know no such kind.
    if (jsx === undefined || jsx !== ts.JsxEmit.ReactJSXDev) return source;
    const shown = (node: TypeScript.Node): TypeScript.Node => {
      if (ts.isStringLiteral(node) && node.text === source.fileName)
        return context.factory.createStringLiteral(publishedPath(directory, source.fileName));
      return ts.isStatement(node) && !ts.isVariableStatement(node) ? node : ts.visitEachChild(node, shown, context);
    };
    return ts.visitEachChild(source, shown, context);
  };
}

/** Declarations, and files of installed packages. */
function isOfOthers(path: string): boolean {
  return /\.d\.([^/]+\.)?[cm]?ts$/.test(path) || path.includes("/node_modules/");
}

/** What concerns files on disk that a pack's tsconfig.json asks for. */
const EMIT = {
  noEmit: false,
  noEmitOnError: false,
  emitDeclarationOnly: false,
  declaration: false,
  declarationMap: false,
  composite: false,
  incremental: false,
  sourceMap: false,
  inlineSourceMap: true,
  inlineSources: true,
  skipLibCheck: true,
} satisfies TypeScript.CompilerOptions;

const PLACES = [
  "outDir",
  "outFile",
  "rootDir",
  "tsBuildInfoFile",
  "declarationDir",
  "mapRoot",
  "sourceRoot",
  "isolatedDeclarations",
  "allowImportingTsExtensions",
];

/** Which files belong to a project, which ts-node does not mind: https://github.com/TypeStrong/ts-node/blob/v7.0.1/src/index.ts#L264 */
const IGNORED = new Set([6059, 18002, 18003]);

/** The compiler that Pulumi's runner takes: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/tsutils.ts#L45 */
export function compilerOf(directory: string): typeof TypeScript {
  const found = findCompiler(directory);
  if (found) return found;
  throw new PackRefused(
    `The pack is written in TypeScript, and no compiler is installed in ${directory}. Add the package typescript to it.`,
  );
}

/** A compiler that only reads: the pack's, or ours for a pack in JavaScript that has none. */
export function readerOf(directory: string): typeof TypeScript {
  return findCompiler(directory) ?? createRequire(import.meta.url)("typescript");
}

function findCompiler(directory: string): typeof TypeScript | undefined {
  const pack = createRequire(join(directory, "package.json"));
  // pnpm gives a package only what it asks for itself.
  const pulumi = loaded(() => createRequire(pack.resolve("@pulumi/pulumi/package.json")));
  for (const load of [
    () => pulumi?.("typescript"),
    () => pack("typescript"),
    () => pulumi?.("./vendor/typescript@3.8.3/typescript.js"),
  ]) {
    const found: typeof TypeScript | undefined = loaded(load);
    // Version 7 has no compiler that other programs can call.
    if (found?.createProgram) return found;
  }
  return undefined;
}

function loaded<T>(load: () => T): T | undefined {
  try {
    return load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    return undefined;
  }
}

/** What Pulumi's runner asks for where the pack says nothing. Newer ones differ, where the compiler knows what they ask for. */
function defaultsOf(ts: typeof TypeScript, directory: string): Record<string, string> {
  const isNew = Number.parseFloat(ts.version) >= 4.7 && readFileSync(runnerOf(directory), "utf8").includes("nodenext");
  const [module, moduleResolution] = isNew ? ["nodenext", "nodenext"] : ["commonjs", "node"];
  return { target: "ES2020", module, moduleResolution } as Record<string, string>;
}

function runnerOf(directory: string): string {
  return createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack/run");
}

function optionsOf(
  ts: typeof TypeScript,
  directory: string,
  defaults: Record<string, string>,
): TypeScript.CompilerOptions {
  const path = join(directory, "tsconfig.json");
  const { options: needed } = ts.convertCompilerOptionsFromJson(defaults, directory);
  if (!existsSync(path)) return needed;
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile);
  if (error) throw new PackRefused("tsconfig.json can't be read:", [problemOf(ts, directory)(error)]);
  const { options, errors } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, directory);
  const mistakes = errors.filter(({ code }) => !IGNORED.has(code));
  if (mistakes.length > 0) {
    throw new PackRefused("tsconfig.json can't be used:", mistakes.map(problemOf(ts, directory)));
  }
  // What the file itself says counts. What it extends counts less than the runner's own.
  const named: object = config.compilerOptions ?? {};
  return { ...options, ...Object.fromEntries(Object.entries(needed).filter(([name]) => !(name in named))) };
}

function problemOf(ts: typeof TypeScript, directory: string) {
  return ({ file, start, messageText, code }: TypeScript.Diagnostic): Problem => {
    const text = `${ts.flattenDiagnosticMessageText(messageText, "\n")} (TS${code})`;
    if (!file || start === undefined) return { text };
    const { line, character } = file.getLineAndCharacterOfPosition(start);
    const path = file.fileName.startsWith(`${directory}/`) ? file.fileName.slice(directory.length + 1) : file.fileName;
    return { file: path, line: line + 1, column: character + 1, text };
  };
}
