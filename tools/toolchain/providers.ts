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
  const dir = join(pulumiHome, "plugins", `resource-${name}-v${version.replace(/^v/, "")}`);
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
  const scope = join(programDir, "node_modules", "@pulumi");
  const providers = readdirSync(scope)
    .sort()
    .flatMap((entry) => providerOf(entry, JSON.parse(readFileSync(join(scope, entry, "package.json"), "utf8"))));
  for (const provider of providers) linkProvider(pulumiHome, provider, target);
  return providers;
}

interface Manifest {
  version: string;
  pulumi?: { resource?: boolean; name?: string; version?: string };
}

function providerOf(entry: string, { version, pulumi }: Manifest): Provider[] {
  if (pulumi?.resource !== true) return [];
  return [{ name: pulumi.name ?? entry, version: pulumi.version ?? version }];
}
