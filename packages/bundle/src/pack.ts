import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { nodeInstaller } from "@quillon/contract/installers";
import { PackRefused } from "./problems.ts";
import { readProjectFile } from "./project-file.ts";

/** A Node.js policy pack on disk. */
export interface NodePack {
  runtime: "nodejs";
  /** Absolute path of the folder with PulumiPolicy.yaml. */
  directory: string;
  name: string | undefined;
  /** In package.json. */
  version: string;
  /** In PulumiPolicy.yaml, where it counts more. */
  projectVersion: string | undefined;
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
  files?: string[];
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
  const { runtime, options, version: projectVersion } = readProjectFile(directory);
  if (runtime !== "nodejs") {
    throw new PackRefused(
      `The policy pack's runtime is ${runtime}, and quillon publishes packs for nodejs and python.`,
    );
  }
  const packageManager = nodeInstaller(options.packagemanager);
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
  const entry = entryOf(directory, manifest);
  return { runtime, directory, name, version, projectVersion, manifest, entry, packageManager };
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
