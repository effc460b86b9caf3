import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../repository.ts";
import { binDir, cacheDir } from "./paths.ts";

/** A Pulumi CLI that the tests run. */
export interface Cli {
  /** Without the `v`: `3.220.0`. */
  version: string;
  /** The folder of the Go module that builds it. */
  module: string;
  /** The path of the built program. It may not be built yet. */
  program: string;
}

/** The one that everything is tested with. */
export const pinnedCli = cliOf("toolchain", () => binDir);

/** The oldest that is tested. `npm run toolchain -- --all` builds it. */
export const olderCli = cliOf("toolchain-older", ownBinDir);

/** It runs policy packs through its language hosts. `npm run toolchain -- --all` builds it. */
export const newerCli = cliOf("toolchain-newer", ownBinDir);

function ownBinDir(version: string): string {
  return join(cacheDir, version, "bin");
}

function cliOf(name: string, dir: (version: string) => string): Cli {
  const module = join(repositoryDir, "tools", name);
  const version = cliVersion(readFileSync(join(module, "go.mod"), "utf8"));
  return { version, module, program: join(dir(version), "pulumi") };
}

/**
 * The version of the CLI that a Go module builds. Its go.mod is the only file that names the version.
 *
 * @throws Error when the module has no CLI, or an SDK of another version
 */
export function cliVersion(goMod: string): string {
  const of = (part: string) => new RegExp(`^\\s+github\\.com/pulumi/pulumi/${part}/v3 v(\\S+)`, "m").exec(goMod)?.[1];
  const [pkg, sdk] = [of("pkg"), of("sdk")];
  if (pkg === undefined)
    throw new Error("The go.mod does not require github.com/pulumi/pulumi/pkg/v3, the CLI's module.");
  if (pkg !== sdk)
    throw new Error(`The go.mod requires version ${pkg} of Pulumi's pkg/v3 and ${sdk} of its sdk/v3. Use the same.`);
  return pkg;
}
