import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isServing } from "./start.ts";
import { guardStdout } from "./stdout.ts";

/**
 * Runs a policy pack with the arguments the engine gives to its own runner, `[--logtostderr] [-v=N] [--tracing X]
 * <engine address> <pack directory> [-option=value …]`, in a fraction of the time: nothing of `@pulumi/pulumi` is loaded
 * that the pack does not load itself.
 */
export async function boot(argv: string[]): Promise<void> {
  guardStdout();
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  process.on("beforeExit", () => {
    if (!isServing()) fail(new Error("The policy pack's program ended without creating a PolicyPack."));
  });
  try {
    const [, directory, ...words] = positionals(argv);
    if (!directory) throw new Error("usage: boot <engine address> <policy pack directory>");
    // A pack may read its own arguments:
    // https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/nodejs/cmd/run-policy-pack/run.ts#L193
    process.argv.splice(2, Number.POSITIVE_INFINITY, ...words);
    const loaded = await load(entryOf(resolve(directory)));
    if (typeof loaded === "function") await loaded();
  } catch (error) {
    fail(error);
  }
}

/** `--tracing` is the one flag whose value is a word of its own. */
export function positionals(argv: string[]): string[] {
  return argv.filter((word, index) => !word.startsWith("-") && argv[index - 1] !== "--tracing");
}

const ENDINGS = [".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", "/index.js", "/index.cjs", "/index.mjs", "/index.ts"];

function entryOf(directory: string): string {
  const manifest = resolve(directory, "package.json");
  const main = existsSync(manifest)
    ? (JSON.parse(readFileSync(manifest, "utf8")).main as string | undefined)
    : undefined;
  const base = resolve(directory, main ?? "index");
  const found = /\.[cm]?[jt]s$/.test(base) ? base : ENDINGS.map((ending) => base + ending).find(existsSync);
  if (found && existsSync(found)) return found;
  throw new Error(`The policy pack has no entry point: ${base}. Set "main" in ${manifest}, or build the pack first.`);
}

const require = createRequire(import.meta.filename);

/** While the pack loads a failure ends the boot; later one, of a promise nobody waits for, is only told. */
function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  if (!isServing()) process.exit(1);
}

async function load(path: string): Promise<unknown> {
  if (/\.[cm]?ts$/.test(path) && !("typescript" in process.features && process.features.typescript))
    compileTypeScript(path);
  try {
    return require(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ERR_REQUIRE_ESM" && code !== "ERR_REQUIRE_ASYNC_MODULE") throw error;
    return (await import(pathToFileURL(path).href)).default;
  }
}

/**
 * Has Node load TypeScript where it can't by itself (before 22.18), with the pack's own compiler and without checking
 * types: a pack that is started for every preview was checked when it was built.
 */
function compileTypeScript(entry: string): void {
  const ts = createRequire(entry)("typescript");
  const compilerOptions = {
    module: ts.ModuleKind.CommonJS,
    target: ts.ScriptTarget.ES2022,
    esModuleInterop: true,
    inlineSourceMap: true,
  };
  const compile = (module: NodeJS.Module, fileName: string) => {
    const { outputText } = ts.transpileModule(readFileSync(fileName, "utf8"), { fileName, compilerOptions });
    (module as unknown as { _compile(code: string, fileName: string): void })._compile(outputText, fileName);
  };
  for (const extension of [".ts", ".cts", ".mts"]) require.extensions[extension] = compile;
}
