import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { findPulumi } from "../../tools/toolchain/find.ts";

type Variables = Record<string, string>;

export interface Outcome {
  status: number | null;
  /** What the command printed: its standard output, then its standard error. */
  output: string;
}

/** A folder in which the Pulumi CLI keeps state in files, so it needs no server. */
export interface FileBackend {
  dir: string;
  /** PULUMI_HOME. */
  home: string;
  env: NodeJS.ProcessEnv;
  run(dir: string, command: [string, ...string[]], more?: Variables): Outcome;
  pulumi(dir: string, args: string[], more?: Variables): Outcome;
  close(): void;
}

export function openFileBackend(): FileBackend {
  const dir = mkdtempSync(join(tmpdir(), "quillon-file-backend-"));
  const home = join(dir, "home");
  mkdirSync(join(dir, "state"));
  const env = {
    ...process.env,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${join(dir, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "correct horse",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_PROGRESS: "1",
  };

  function run(cwd: string, [command, ...args]: [string, ...string[]], more: Variables = {}): Outcome {
    const child = spawnSync(command, args, { cwd, env: { ...env, ...more }, encoding: "utf8", timeout: 600_000 });
    if (child.error) throw child.error;
    return { status: child.status, output: child.stdout + child.stderr };
  }

  return {
    dir,
    home,
    env,
    run,
    pulumi: (cwd, args, more) => run(cwd, [findPulumi() ?? "pulumi", "--non-interactive", ...args], more),
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** @returns what the command printed. */
export function expectSuccess({ status, output }: Outcome): string {
  expect(status, output).toBe(0);
  return output;
}
