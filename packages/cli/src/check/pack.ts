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
  try {
    const { command, env } = packCommand(directory, await runtimeOf(directory));
    audited = await auditPack({
      directory,
      command,
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
  return { pack: { ...pack, version: from.version ?? pack.version }, from, printed };
}

async function runtimeOf(directory: string): Promise<Runtime> {
  const path = join(directory, "PulumiPolicy.yaml");
  if (!existsSync(path)) throw new Error(`There is no PulumiPolicy.yaml in ${directory}. Name a policy pack's folder.`);
  const text = readFileSync(path, "utf8");
  const [, name] = /^runtime:[ \t]*(nodejs|python)[ \t]*\r?$/m.exec(text) ?? [];
  // Most say only this.
  if (name) return { name, options: {} };
  const { parse } = await import("../yaml.ts");
  try {
    const { runtime } = parse(text, { schema: "failsafe" }) || {};
    return typeof runtime === "object" && runtime !== null
      ? { name: runtime.name, options: runtime.options || {} }
      : { name: runtime, options: {} };
  } catch (error) {
    throw new Error(`${path} can't be read: ${(error as Error).message}`);
  }
}
