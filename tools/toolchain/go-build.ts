import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Failure } from "../failure.ts";
import { isProgram } from "./find.ts";
import { cacheDir } from "./paths.ts";
import type { Program } from "./programs.ts";

/**
 * Builds the programs whose sources or version of Go changed since the last time.
 *
 * @returns how many it built
 * @throws Failure when one can't be built
 */
export function buildOutdated(programs: Program[]): number {
  const goOf = new Map([...new Set(programs.map(({ module }) => module))].map((module) => [module, goVersion(module)]));
  const outdated = programs.filter((program) => !isUpToDate(program, goOf.get(program.module)));
  const unbuildable = outdated.filter(({ module }) => goOf.get(module) === undefined);
  if (unbuildable.length > 0) throw missingGo(unbuildable);
  for (const program of outdated) build(program, goOf.get(program.module) ?? "");
  return outdated.length;
}

/**
 * The version of Go that builds the module, or undefined when Go is missing or too old. The module's `toolchain` line may
 * make Go use another version than the installed one.
 */
function goVersion(module: string): string | undefined {
  const run = spawnSync("go", ["env", "GOVERSION"], { cwd: module, encoding: "utf8" });
  const version = run.status === 0 ? run.stdout.trim() : undefined;
  const minor = (text: string) => Number(/1\.(\d+)/.exec(text)?.[1]);
  return version === undefined || minor(version) < minor(wantedGo(module)) ? undefined : version;
}

/** The Go version that the module's go.mod asks for. */
export function wantedGo(module: string): string {
  return /^go (\S+)$/m.exec(readFileSync(join(module, "go.mod"), "utf8"))?.[1] ?? "";
}

function missingGo(programs: Program[]): Failure {
  return new Failure(
    [
      "Go is missing or too old to build these:",
      ...programs.map(({ label, module }) => `  ${label} needs Go ${wantedGo(module)} or newer.`),
      "Install it from https://go.dev/dl (or with your package manager) and run npm run toolchain again.",
      "To use a Pulumi CLI that is already installed instead, set QUILLON_PULUMI to its path.",
    ].join("\n"),
  );
}

/** Without Go, a program counts as built by the version of Go that is on record: it still runs. */
function isUpToDate(program: Program, go: string | undefined): boolean {
  if (!isProgram(program.output) || !existsSync(keyFile(program))) return false;
  const [sources, version] = readFileSync(keyFile(program), "utf8").split("\n");
  return sources === sourcesHash(program) && (go === undefined || version === go);
}

/** Where the hash of the sources and the version of Go are kept that a program was built from. */
export function keyFile({ output }: Program): string {
  return join(cacheDir, "keys", relative(cacheDir, output).replaceAll(/[/\\]/g, "_"));
}

function sourcesHash({ args, target, sources, module }: Program): string {
  const hash = createHash("sha256").update(JSON.stringify([args, target]));
  for (const file of sources.flatMap((source) => filesUnder(join(module, source)))) {
    hash.update(`${relative(module, file)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function filesUnder(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .filter((name) => !name.endsWith("_test.go"))
    .map((name) => join(path, name))
    .sort()
    .flatMap(filesUnder);
}

function build(program: Program, go: string): void {
  console.log(`building ${program.label} (${program.duration})`);
  mkdirSync(dirname(program.output), { recursive: true });
  mkdirSync(dirname(keyFile(program)), { recursive: true });
  const key = `${sourcesHash(program)}\n${go}\n`;
  // A rename replaces the program even while it runs, never leaves half of one, and changes no other folder that has it by a hard link.
  const unfinished = `${program.output}.${process.pid}`;
  const args = ["build", ...program.args, "-o", unfinished, program.target];
  const run = spawnSync("go", args, { cwd: program.module, stdio: "inherit" });
  if (run.status !== 0) {
    rmSync(unfinished, { force: true });
    throw new Failure(`go ${args.join(" ")} failed in ${program.module}. Its messages are above.`);
  }
  renameSync(unfinished, program.output);
  const unfinishedKey = `${keyFile(program)}.${process.pid}`;
  writeFileSync(unfinishedKey, key);
  renameSync(unfinishedKey, keyFile(program));
}
