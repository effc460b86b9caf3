// All that has to be there before the demo's first command.
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { cacheDir, findOnPath, findPulumi, linkProvidersOf, repositoryDir } from "../toolchain-paths.mjs";
import { color, DemoError, quietly } from "./shell.mjs";

export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new DemoError(`Quillon needs Node.js 20.19 or newer, and this is ${process.versions.node}: https://nodejs.org`);
}

/** The user's own CLI, else the pinned one, which is built when Go is there to build it. */
export async function findOrBuildPulumi() {
  const found = findPulumi({ prefer: "path" });
  if (found) {
    console.log(`  The Pulumi CLI: ${found}`);
    return found;
  }
  if (!findOnPath("go")) {
    throw new DemoError(
      [
        "The demo needs the Pulumi CLI, and there is no `pulumi` on the PATH. Do one of these, and run npm run demo again:",
        "  - install it: https://www.pulumi.com/docs/install/",
        "  - install Go (https://go.dev/dl), with which the demo builds the Pulumi CLI for itself, in some minutes",
        "  - set QUILLON_PULUMI to the path of a pulumi binary",
      ].join("\n"),
    );
  }
  await quietly("The Pulumi CLI, some minutes the first time", "npm run toolchain", { dir: repositoryDir });
  return findPulumi({ prefer: "path" });
}

export async function build() {
  const dir = repositoryDir;
  if (!existsSync(join(dir, "node_modules", ".package-lock.json"))) {
    await quietly("Packages", "npm install --no-save", { dir });
  }
  await quietly("Quillon itself", "npm run build", { dir });
}

/** A copy to work in, so that the example stays as it is, with what it needs installed. */
export async function copyExample(name, dir) {
  cpSync(join(repositoryDir, "examples", name), dir, {
    recursive: true,
    filter: (path) => basename(path) !== "node_modules",
  });
  await quietly(`examples/${name}`, "npm ci", { dir });
  return dir;
}

/**
 * Pulumi without the user's own settings, and without their ~/.pulumi. The pinned CLI comes without providers: the echo
 * provider stands in for the random one. Any other CLI downloads the real one.
 */
export function pulumiEnvironment({ pulumi, home, program }) {
  mkdirSync(home);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PULUMI|QUILLON)_/.test(name)));
  const pinned = pulumi.startsWith(cacheDir);
  if (pinned) linkProvidersOf(program, home);
  return {
    ...env,
    PATH: `${dirname(pulumi)}${delimiter}${env.PATH}`,
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_OPTION_SUPPRESS_PROGRESS: "true",
    ...(color && { PULUMI_OPTION_COLOR: "always" }),
    ...(pinned && { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }),
  };
}
