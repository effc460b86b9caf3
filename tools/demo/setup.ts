// What must be there before the demo's first command.
import { cpSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { Failure } from "../failure.ts";
import { repositoryDir } from "../repository.ts";
import { findOnPath, findPulumi } from "../toolchain/find.ts";
import { cacheDir } from "../toolchain/paths.ts";
import { linkInstalledProvidersOf, linkProvidersOf } from "../toolchain/providers.ts";
import { color, quietly } from "./shell.ts";

/** Whether there is a Pulumi CLI, or Go to build one. */
export function canHavePulumi(): boolean {
  return findPulumi({ prefer: "path" }) !== undefined || findOnPath("go") !== undefined;
}

/**
 * @returns the path of the user's own CLI, or else of the pinned one, which this builds when it is missing
 * @throws Failure when there is none, and no Go to build one
 */
export async function findOrBuildPulumi(): Promise<string> {
  const found = findPulumi({ prefer: "path" });
  if (found) {
    console.log(`  The Pulumi CLI: ${found}`);
    return found;
  }
  if (!findOnPath("go")) {
    throw new Failure(
      [
        "The demo needs the Pulumi CLI, and there is no `pulumi` on the PATH. Do one of these, and run npm run demo again:",
        "  - install it: https://www.pulumi.com/docs/install/",
        "  - install Go (https://go.dev/dl), with which the demo builds the Pulumi CLI for itself, in some minutes",
        "  - set QUILLON_PULUMI to the path of a pulumi binary",
      ].join("\n"),
    );
  }
  await quietly("The Pulumi CLI, some minutes the first time", "npm run toolchain", { dir: repositoryDir });
  const built = findPulumi({ prefer: "path" });
  if (!built) throw new Failure("npm run toolchain ended well, but built no Pulumi CLI.");
  return built;
}

export async function build(): Promise<void> {
  await quietly("Quillon itself", "npm run build", { dir: repositoryDir });
}

/**
 * Copies an example, so that the original does not change, and installs its packages. Stacks' configuration stays behind,
 * because who followed the README has one that corrects the violation.
 */
export async function copyExample(name: string, dir: string): Promise<string> {
  cpSync(join(repositoryDir, "examples", name), dir, {
    recursive: true,
    filter: (path) => !/^(node_modules|Pulumi\..+\.yaml)$/.test(basename(path)),
  });
  await quietly(`examples/${name}`, "npm ci", { dir });
  return dir;
}

/**
 * The environment for Pulumi: without the user's own settings. The pinned CLI has no providers, so the echo provider stands
 * in for the random one. Any other CLI uses the real one: the one that the user has installed, or else it downloads it.
 */
export function pulumiEnvironment(paths: { pulumi: string; home: string; program: string }): NodeJS.ProcessEnv {
  const { pulumi, home, program } = paths;
  mkdirSync(home);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PULUMI|QUILLON)_/.test(name)));
  const pinned = pulumi.startsWith(cacheDir);
  if (pinned) linkProvidersOf(program, home);
  else linkInstalledProvidersOf(program, home, process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"));
  return {
    ...env,
    PATH: [dirname(pulumi), join(repositoryDir, "node_modules/.bin"), env.PATH].join(delimiter),
    // Where quillon keeps what it knows of providers' packages.
    XDG_CACHE_HOME: join(home, "cache"),
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_OPTION_SUPPRESS_PROGRESS: "true",
    ...(color && { PULUMI_OPTION_COLOR: "always" }),
    ...(pinned && { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }),
  };
}
