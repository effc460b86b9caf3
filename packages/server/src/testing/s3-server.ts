import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../../tools/free-port.ts";

/** `npm run toolchain -- --all` builds it. */
const program = fileURLToPath(new URL("../../../../.cache/toolchain/versitygw", import.meta.url));

export const hasS3Server = existsSync(program);

export interface S3Server {
  endpoint: string;
  /** Where it keeps buckets: each is a folder. */
  folder: string;
  /** What S3's client takes from its environment. */
  env: { AWS_ACCESS_KEY_ID: string; AWS_SECRET_ACCESS_KEY: string };
  newBucket(name: string): Promise<void>;
  close(): Promise<void>;
}

/** A real server of S3 on a temporary folder. */
export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), "quillon-s3-"));
  const address = `127.0.0.1:${await freePort()}`;
  const env = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "testsecret" };
  const keys = ["--access", env.AWS_ACCESS_KEY_ID, "--secret", env.AWS_SECRET_ACCESS_KEY];
  const child = spawn(program, [...keys, "--port", address, "posix", folder], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await answers(`http://${address}/`, child);
  return {
    endpoint: `http://${address}`,
    folder,
    env,
    async newBucket(name) {
      await mkdir(join(folder, name));
    },
    async close() {
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** It is asked, because it prints that it listens before it does. */
async function answers(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The server of S3 ended with ${child.exitCode}.`);
}
