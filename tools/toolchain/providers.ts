import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { isProgram } from "./find.ts";
import { echoProvider } from "./paths.ts";

export interface Provider {
  name: string;
  /** With or without the `v`. */
  version: string;
}

/**
 * Makes the echo provider (or another program) the installed plugin `name` at exactly `version` under a PULUMI_HOME,
 * so that the CLI finds it there without a warning and without a download.
 *
 * @throws Failure when the provider is not built yet
 */
export function linkProvider(pulumiHome: string, { name, version }: Provider, target = echoProvider): void {
  if (!isProgram(target)) throw new Failure(`${target} is not built. Run npm run toolchain.`);
  const dir = folderOf(pulumiHome, { name, version });
  const link = join(dir, `pulumi-resource-${name}`);
  mkdirSync(dir, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(target, link);
}

/**
 * Links every provider whose SDK is installed in the node_modules of a program.
 *
 * @returns the providers that it linked, ordered by the names of their SDKs
 */
export function linkProvidersOf(programDir: string, pulumiHome: string, target = echoProvider): Provider[] {
  const providers = providersOf(programDir);
  for (const provider of providers) linkProvider(pulumiHome, provider, target);
  return providers;
}

/** Links those providers of a program that are already installed under the PULUMI_HOME `from`, so that they need no download. */
export function linkInstalledProvidersOf(programDir: string, pulumiHome: string, from: string): void {
  for (const provider of providersOf(programDir)) {
    const program = join(folderOf(from, provider), `pulumi-resource-${provider.name}`);
    if (isProgram(program)) linkProvider(pulumiHome, provider, program);
  }
}

function folderOf(pulumiHome: string, { name, version }: Provider): string {
  return join(pulumiHome, "plugins", `resource-${name}-v${version.replace(/^v/, "")}`);
}

interface Manifest {
  version: string;
  pulumi?: { resource?: boolean; name?: string; version?: string };
}

/** Every provider whose SDK is installed in the node_modules of a program. */
function providersOf(programDir: string): Provider[] {
  const scope = join(programDir, "node_modules", "@pulumi");
  return readdirSync(scope)
    .sort()
    .flatMap((entry) => providerOf(entry, JSON.parse(readFileSync(join(scope, entry, "package.json"), "utf8"))));
}

function providerOf(entry: string, { version, pulumi }: Manifest): Provider[] {
  if (pulumi?.resource !== true) return [];
  return [{ name: pulumi.name ?? entry, version: pulumi.version ?? version }];
}
