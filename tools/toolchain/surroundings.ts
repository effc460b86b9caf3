import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { newerCli, olderCli, pinnedCli } from "./clis.ts";
import { binDir, echoProvider, providersDir } from "./paths.ts";
import { hostNames } from "./programs.ts";

// What a CLI looks for on the PATH and in its own folder, in addition to the programs that are built.

const launchersDir = join(pinnedCli.module, "launchers");

/** The echo provider stands in for each of these. */
const echoedProviders = ["aws", "kubernetes", "random"];

export function linkEchoProvider(): void {
  for (const name of echoedProviders) {
    link(relative(providersDir, echoProvider), join(providersDir, `pulumi-resource-${name}`));
  }
}

export function copyLaunchers(): void {
  for (const name of readdirSync(launchersDir)) {
    const launcher = join(launchersDir, name);
    const copy = join(binDir, name);
    if (existsSync(copy) && readFileSync(copy).equals(readFileSync(launcher))) continue;
    const unfinished = `${copy}.${process.pid}`;
    copyFileSync(launcher, unfinished);
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, copy);
  }
}

/** Links the hosts and launchers into the folders of the other CLIs. The newer CLI has no launchers for policy packs. */
export function linkForOtherClis(): void {
  const launchers = readdirSync(launchersDir);
  linkInto(dirname(olderCli.program), [...hostNames, ...launchers]);
  linkInto(
    dirname(newerCli.program),
    launchers.filter((name) => !name.startsWith("pulumi-analyzer-")),
  );
}

function linkInto(dir: string, names: string[]): void {
  for (const name of names) link(relative(dir, join(binDir, name)), join(dir, name));
}

/** Keeps a link that is already right, because a CLI may be running through it. */
function link(target: string, path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(path) === target) return;
  rmSync(path, { force: true });
  symlinkSync(target, path);
}
