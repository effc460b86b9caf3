import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";

// Two processes, one pack: @pulumi/policy under Pulumi's runner, ours under our boot file.

const MODULES = join(import.meta.dirname, "../../../../node_modules");

export interface PackAnswer {
  code: number;
  details: string;
  bytes: Uint8Array;
}

export interface Peer {
  call(method: string, request: Uint8Array): Promise<PackAnswer>;
  stop(): void;
}

/** A folder with the built SDK in it, to start packs from. */
export async function buildOnce({ declarations = false } = {}): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "quillon-sdk-"));
  const { buildSdk } = await import("../../build.ts");
  await buildSdk({ dist: join(root, "sdk"), declarations });
  return root;
}

/** A pack's folder: its files, and as `node_modules` what is installed here next to the SDK that was built. */
export function layPack(root: string, name: string, files: Record<string, string>): string {
  const directory = join(root, name);
  mkdirSync(join(directory, "node_modules/@pulumi"), { recursive: true });
  mkdirSync(join(directory, "node_modules/@quillon"), { recursive: true });
  for (const scoped of ["@pulumi/pulumi", "@pulumi/policy", "typescript"]) {
    symlinkSync(join(MODULES, scoped), join(directory, "node_modules", scoped));
  }
  cpSync(join(root, "sdk"), join(directory, "node_modules/@quillon/policy"), { recursive: true });
  const manifest = { name, version: "1.2.3", main: "index.js" };
  for (const [path, text] of Object.entries({ "package.json": JSON.stringify(manifest), ...files })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

export const PULUMI_RUNNER = "node_modules/@pulumi/pulumi/cmd/run-policy-pack";
export const OUR_BOOT = "node_modules/@quillon/policy/boot.js";

export interface Started {
  /** The first line of stdout. */
  line: string;
  child: ChildProcess;
  /** What came to stderr so far. */
  stderr(): string;
}

/** Starts a pack the way the engine does; rejects when it ends without a line. */
export function startPack(directory: string, runner: string, nodeOptions: string[] = []): Promise<Started> {
  const child = spawn(process.execPath, [...nodeOptions, runner, "127.0.0.1:1", "."], { cwd: directory });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve({ line, child, stderr: () => stderr }));
    child.once("close", (code) => reject(Object.assign(new Error(`exit ${code}: ${stderr}`), { code, stderr })));
  });
}

export function connect({ line, child }: Started): Peer {
  const client = new grpc.Client(`127.0.0.1:${Number(line)}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  const pass = (bytes: Uint8Array) => Buffer.from(bytes);
  return {
    call: (method, request) =>
      new Promise((resolve) => {
        client.makeUnaryRequest(`/pulumirpc.Analyzer/${method}`, pass, pass, request, (error, bytes) =>
          resolve({ code: error?.code ?? 0, details: error?.details ?? "", bytes: bytes ?? new Uint8Array() }),
        );
      }),
    stop: () => {
      client.close();
      child.kill();
    },
  };
}

export function removeAll(root: string): void {
  rmSync(root, { recursive: true, force: true });
}
