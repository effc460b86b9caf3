// npm run toolchain: builds the pinned Pulumi CLI and the programs beside it into .cache/toolchain. Each is built
// only when what it is made from changed, so a second run costs a few hashes.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import {
  binDir,
  cacheDir,
  echoedProviders,
  isProgram,
  pinnedPulumi,
  providersDir,
  repositoryDir,
} from "./toolchain-paths.mjs";

const moduleDir = join(repositoryDir, "tools", "toolchain");
const launchersDir = join(moduleDir, "launchers");

const pinnedCli = cli("3.220.0", moduleDir, pinnedPulumi());
const olderClis = [cli("3.200.0", join(repositoryDir, "tools", "toolchain-3.200"), pinnedPulumi("3.200.0"))];
const newerModuleDir = join(repositoryDir, "tools", "toolchain-3.250");
const newerCli = cli("3.250.0", newerModuleDir, pinnedPulumi("3.250.0"));
const hostNames = ["pulumi-language-nodejs", "pulumi-language-python"];
const hosts = hostNames.map((name) => own(name, binDir));
const newerHosts = hostNames.map((name) => newer(name, dirname(newerCli.output)));
const echo = own("pulumi-resource-echo", providersDir);

function cli(version, module, output) {
  const setting = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  return {
    label: `Pulumi CLI ${version}`,
    duration: "some minutes the first time",
    module,
    output,
    sources: ["go.mod", "go.sum"],
    args: ["-ldflags", `-X ${setting}`],
    target: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  };
}

function own(name, dir) {
  return {
    label: name,
    duration: "seconds",
    module: moduleDir,
    output: join(dir, name),
    sources: ["go.mod", "go.sum", "internal", `cmd/${name}`],
    args: ["-buildvcs=false"],
    target: `./cmd/${name}`,
  };
}

/** A host for the newer CLI: the same one with a main of its own, compiled against that CLI's SDK. */
function newer(name, dir) {
  const shared = ["go.mod", "internal"].map((source) => join(relative(newerModuleDir, moduleDir), source));
  const host = own(name, dir);
  return { ...host, label: `${name} (newer)`, module: newerModuleDir, sources: [...host.sources, ...shared] };
}

/**
 * What to build. A CLI that the machine has brings its own hosts and launchers, so beside it only the provider is
 * needed; the other CLIs always get ours.
 */
function plan({ all, given }) {
  const programs = [echo];
  if (!given) programs.unshift(pinnedCli);
  if (!given || all) programs.push(...hosts);
  if (all) programs.push(...olderClis, newerCli, ...newerHosts);
  return programs;
}

function main() {
  const unknown = process.argv.slice(2).filter((arg) => arg !== "--all");
  if (unknown.length > 0) {
    throw new Error(
      `npm run toolchain does not know ${unknown.join(" ")}. It takes -- --all (an older and a newer CLI as well).`,
    );
  }
  const given = process.env.QUILLON_PULUMI;
  if (given && !isProgram(given)) {
    throw new Error(
      `QUILLON_PULUMI is ${given}, which is no program. Set it to the path of a pulumi binary, or unset it.`,
    );
  }
  const all = process.argv.includes("--all");
  const programs = plan({ all, given });
  const goOf = new Map([...new Set(programs.map(({ module }) => module))].map((module) => [module, goVersion(module)]));
  const outdated = programs.filter((program) => !isUpToDate(program, goOf.get(program.module)));
  const unbuildable = outdated.filter(({ module }) => goOf.get(module) === undefined);
  if (unbuildable.length > 0) throw new Error(missingGo(unbuildable));
  for (const program of outdated) build(program, goOf.get(program.module));
  linkProviders();
  if (!given || all) copyLaunchers(binDir);
  if (all) surroundAll();
  report({ given, built: outdated.length });
}

/** The go that builds the module (its own toolchain line may choose another one than the installed), if it is new enough. */
function goVersion(module) {
  const run = spawnSync("go", ["env", "GOVERSION"], { cwd: module, encoding: "utf8" });
  const version = run.status === 0 ? run.stdout.trim() : undefined;
  const minor = (text) => Number(/1\.(\d+)/.exec(text)?.[1]);
  return version === undefined || minor(version) < minor(wantedGo(module)) ? undefined : version;
}

function wantedGo(module) {
  return /^go (\S+)$/m.exec(readFileSync(join(module, "go.mod"), "utf8"))?.[1];
}

function missingGo(programs) {
  return [
    "These can't be built with the Go that is here, or without:",
    ...programs.map(({ label, module }) => `  ${label} needs Go ${wantedGo(module)} or newer.`),
    "Install it from https://go.dev/dl (or with your package manager) and run npm run toolchain again.",
    "To use a Pulumi CLI that this machine has instead, set QUILLON_PULUMI to its path.",
  ].join("\n");
}

function keyFile(program) {
  return join(cacheDir, "keys", relative(cacheDir, program.output).replaceAll(/[/\\]/g, "_"));
}

/** Without Go the recorded version of it is believed: what was built then still runs. */
function isUpToDate(program, go) {
  if (!isProgram(program.output)) return false;
  const [sources, version] = readText(keyFile(program)).split("\n");
  return sources === sourcesHash(program) && (go === undefined || version === go);
}

function sourcesHash(program) {
  const hash = createHash("sha256").update(JSON.stringify([program.args, program.target]));
  for (const file of program.sources.flatMap((source) => filesUnder(join(program.module, source)))) {
    hash.update(`${relative(program.module, file)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function filesUnder(path) {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOTDIR") return [path];
    throw error;
  }
  return entries
    .filter((entry) => !entry.name.endsWith("_test.go"))
    .map((entry) => join(path, entry.name))
    .sort()
    .flatMap(filesUnder);
}

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
}

function build(program, go) {
  console.log(`building ${program.label} (${program.duration})`);
  mkdirSync(dirname(program.output), { recursive: true });
  mkdirSync(dirname(keyFile(program)), { recursive: true });
  const key = `${sourcesHash(program)}\n${go}\n`;
  // A rename replaces the program even while it runs, and never leaves half of one.
  const unfinished = `${program.output}.${process.pid}`;
  const args = ["build", ...program.args, "-o", unfinished, program.target];
  const run = spawnSync("go", args, { cwd: program.module, stdio: "inherit" });
  if (run.status !== 0) {
    rmSync(unfinished, { force: true });
    throw new Error(`go ${args.join(" ")} failed in ${program.module}; its messages are above.`);
  }
  renameSync(unfinished, program.output);
  writeFileSync(keyFile(program), key);
}

function linkProviders() {
  for (const name of echoedProviders) link("pulumi-resource-echo", join(providersDir, `pulumi-resource-${name}`));
}

/** Leaves a link that is right alone: a CLI may be running through it. */
function link(target, path) {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(path) === target) return;
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

function copyLaunchers(dir) {
  for (const name of readdirSync(launchersDir)) {
    const launcher = join(launchersDir, name);
    if (readText(join(dir, name)) === readText(launcher)) continue;
    const unfinished = join(dir, `${name}.${process.pid}`);
    copyFileSync(launcher, unfinished);
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, join(dir, name));
  }
}

/** A CLI looks for hosts and launchers in its own folder. The newer one has no launchers of policy packs. */
function surroundAll() {
  const launchers = readdirSync(launchersDir);
  for (const older of olderClis) surround(older, [...hostNames, ...launchers]);
  const withoutPacks = launchers.filter((name) => !name.startsWith("pulumi-analyzer-"));
  surround(newerCli, withoutPacks);
}

function surround({ output }, names) {
  const dir = dirname(output);
  for (const name of names) link(relative(dir, join(binDir, name)), join(dir, name));
}

function report({ given, built }) {
  const state = built === 0 ? "up to date" : `${built} built`;
  console.log(
    `toolchain: ${state}, in ${relative(process.cwd(), cacheDir) || "."}; the CLI is ${given ?? pinnedPulumi()}`,
  );
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
