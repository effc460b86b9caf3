import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type TypeScript from "typescript";
import { PackRefused, type Problem } from "./problems.ts";

/**
 * Compiles a pack's own TypeScript with the compiler and the options that Pulumi's runner takes, so that a bundled pack does what
 * the pack as it is does, and what that one refuses to start with is refused here.
 *
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/cmd/run-policy-pack/run.ts
 *
 * @returns JavaScript with a source map inside, by the path of its source.
 * @throws PackRefused with what the compiler says, by file and line.
 */
export function compileProgram(directory: string, entry: string): Map<string, string> {
  const ts = compilerOf(directory);
  const options: TypeScript.CompilerOptions = { ...optionsOf(ts, directory), ...EMIT };
  for (const name of PLACES) delete options[name];
  const program = ts.createProgram({ rootNames: [entry], options });
  const sources = program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file));
  const mistakes = [
    ...program.getOptionsDiagnostics(),
    ...sources.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ].filter(({ category, code }) => category === ts.DiagnosticCategory.Error && !IGNORED.has(code));
  if (mistakes.length > 0) {
    throw new PackRefused("The policy pack does not compile:", mistakes.map(problemOf(ts, directory)));
  }
  const outputs = new Map<string, string>();
  for (const file of sources) {
    program.emit(file, (path, text) => {
      if (/\.[cm]?jsx?$/.test(path)) outputs.set(resolve(file.fileName), text);
    });
  }
  return outputs;
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

/** The pack's own compiler, else the one that `@pulumi/pulumi` carries. */
export function compilerOf(directory: string): typeof TypeScript {
  const require = createRequire(join(directory, "package.json"));
  for (const name of ["typescript", "@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js"]) {
    try {
      return require(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new PackRefused(
    `The pack is written in TypeScript, and no compiler is installed in ${directory}. Run \`npm install\` there.`,
  );
}

function optionsOf(ts: typeof TypeScript, directory: string): TypeScript.CompilerOptions {
  const path = join(directory, "tsconfig.json");
  const isNew = Number.parseFloat(ts.version) >= 4.7;
  const defaults: TypeScript.CompilerOptions = {
    target: ts.ScriptTarget.ES2020,
    module: isNew ? ts.ModuleKind.NodeNext : ts.ModuleKind.CommonJS,
    moduleResolution: isNew ? ts.ModuleResolutionKind.NodeNext : ts.ModuleResolutionKind.NodeJs,
  };
  if (!existsSync(path)) return defaults;
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile);
  if (error) throw new PackRefused("tsconfig.json can't be read:", [problemOf(ts, directory)(error)]);
  const { options, errors } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, directory);
  const mistakes = errors.filter(({ code }) => !IGNORED.has(code));
  if (mistakes.length > 0) {
    throw new PackRefused("tsconfig.json can't be used:", mistakes.map(problemOf(ts, directory)));
  }
  // What the file itself says counts. What it extends counts less than the runner's own.
  const named: object = config.compilerOptions ?? {};
  // Runners differ in how modules are found where only their kind is named, and the compiler's own way fits the kind.
  if ("module" in named) delete defaults.moduleResolution;
  return { ...options, ...Object.fromEntries(Object.entries(defaults).filter(([name]) => !(name in named))) };
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
