import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  type Audited,
  type AuditedPack,
  type AuditJob,
  AuditRefused,
  auditPack,
  packCommand,
  type Runtime,
} from "@quillon/runner/audit";
import { whyUnreadable } from "../read-text.ts";

/** A pack that a state is held against. */
export interface PackToRun {
  /** The folder with PulumiPolicy.yaml. */
  directory: string;
  /** How messages name it. */
  label: string;
  /** Whether the stack must run it. */
  required: boolean;
  /** What the user configures, by policy. */
  config: Record<string, unknown>;
  /** What begins a message about the configuration. */
  configLabel: string;
  /** By id. */
  exceptions: Record<string, Exception>;
  /** In the place of the one that the pack says of itself. */
  version?: string;
  env?: NodeJS.ProcessEnv;
}

export interface Exception {
  reason: string;
  expiresAt?: string;
  match: { policies: string[]; targets: string[] }[];
}

export interface CheckedPack {
  pack: AuditedPack;
  from: PackToRun;
  printed: string;
}

/**
 * Holds a pack against a state.
 *
 * @throws Error that names the pack, or the state.
 */
export async function runPack(
  from: PackToRun,
  state: { bytes: Uint8Array; label: string },
  job: Omit<AuditJob, "config">,
  seconds: number,
): Promise<CheckedPack> {
  const directory = resolve(from.directory);
  let audited: Audited;
  let project: Project;
  try {
    project = await projectOf(directory);
    const { env, ...commands } = packCommand(directory, project.runtime);
    audited = await auditPack({
      directory,
      ...commands,
      env: { ...env, ...from.env },
      job: { ...job, config: from.config },
      state: state.bytes,
      seconds,
    });
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof AuditRefused && error.kind === "state")
      throw new Error(`${state.label} can't be checked: ${message}`);
    if (error instanceof AuditRefused) throw new Error(`${from.configLabel}: ${message}`);
    throw new Error(`The policy pack ${from.label} could not be run. ${message}`);
  }
  const { pack, printed } = audited;
  return { pack: { ...pack, version: from.version ?? project.version ?? pack.version }, from, printed };
}

/** What PulumiPolicy.yaml says. */
interface Project {
  runtime: Runtime;
  /** Counts more than what the pack says: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/workspace/project.go#L1327 */
  version: string | undefined;
}

async function projectOf(directory: string): Promise<Project> {
  const path = join(directory, "PulumiPolicy.yaml");
  if (!existsSync(path)) throw new Error(`There is no PulumiPolicy.yaml in ${directory}. Name a policy pack's folder.`);
  const text = textOf(path);
  const [, name] = /^runtime:[ \t]*(nodejs|python)[ \t]*\r?$/m.exec(text) ?? [];
  // Most say only this.
  if (name && !text.includes("version")) return { runtime: { name, options: {} }, version: undefined };
  const { parse } = await import("../yaml.ts");
  try {
    const { runtime, version } = parse(text, { schema: "failsafe" }) || {};
    const { name = runtime, options } = typeof runtime === "object" && runtime !== null ? runtime : {};
    return { runtime: { name, options: options || {} }, version: version || undefined };
  } catch (error) {
    throw new Error(`${path} can't be read: ${(error as Error).message}`);
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${path} can't be read: ${whyUnreadable(error as Error)}.`);
  }
}
