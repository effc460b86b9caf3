import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { PackRefused } from "./problems.ts";

/** A Node.js policy pack on disk. */
export interface NodePack {
  /** Absolute path of the folder with PulumiPolicy.yaml. */
  directory: string;
  name: string | undefined;
  version: string;
  manifest: Manifest;
  /** Absolute path of the file that the runner loads. */
  entry: string;
  /** The program that installs the pack's dependencies on a client: npm, yarn, pnpm or bun. */
  packageManager: string;
}

export interface Manifest {
  name?: string;
  version?: string;
  description?: string;
  main?: string;
  type?: string;
  scripts?: Record<string, string>;
  engines?: { node?: string };
  dependencies?: Record<string, string>;
  bundleDependencies?: unknown;
  bundledDependencies?: unknown;
}

/**
 * Reads what is needed to bundle a pack.
 *
 * @throws PackRefused when package.json is missing or wrong, or names no file that exists.
 */
export function readNodePack(directory: string): NodePack {
  const packageManager = packageManagerOf(directory);
  const path = join(directory, "package.json");
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new PackRefused(`A Node.js policy pack needs a package.json: ${path}: ${(error as Error).message}`);
  }
  const { name, version } = manifest;
  if (typeof version !== "string" || version === "") {
    throw new PackRefused(`Write the pack's version into ${path}: the SDK does not start without it.`);
  }
  return { directory, name, version, manifest, entry: entryOf(directory, manifest), packageManager };
}

/**
 * Of a pack for Node.js: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/workspace/project.go#L1327
 *
 * @throws PackRefused when it is for another runtime.
 */
function packageManagerOf(directory: string): string {
  const path = join(directory, "PulumiPolicy.yaml");
  let runtime: unknown;
  try {
    ({ runtime } = parse(readFileSync(path, "utf8")) ?? {});
  } catch (error) {
    throw new PackRefused(`${path} can't be read: ${(error as Error).message}`);
  }
  const { name, options } = (typeof runtime === "object" && runtime ? runtime : { name: runtime }) as Partial<Runtime>;
  if (name === "nodejs") {
    const chosen = options?.packagemanager ?? "auto";
    return chosen === "auto" ? "npm" : chosen;
  }
  throw new PackRefused(
    `The policy pack's runtime is ${name}, and quillon publishes packs for nodejs. Publish it with pulumi policy publish.`,
  );
}

interface Runtime {
  name: unknown;
  options: { packagemanager?: string } | null;
}

const ENDINGS = ["", ".js", ".json", ".ts", ".cjs", ".mjs", "/index.js", "/index.ts"];

/** As Node.js finds it, and with TypeScript's ending, which Pulumi's runner adds. */
function entryOf(directory: string, { main }: Manifest): string {
  const bases = main === undefined ? ["index"] : [main, "index"];
  const found = bases
    .flatMap((base) => ENDINGS.map((ending) => resolve(directory, base + ending)))
    .find((path) => existsSync(path) && statSync(path).isFile());
  if (found) return found;
  throw new PackRefused(
    `The policy pack has no file to start: ${resolve(directory, main ?? "index.js")} does not exist. Set "main" in ${join(directory, "package.json")}, or build the pack first.`,
  );
}
