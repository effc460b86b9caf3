import { randomUUID } from "node:crypto";
import { appendFile, lstat, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { findPulumi, isOurs, isProgram } from "./find-pulumi.ts";
import { shimText } from "./text.ts";

export interface Wanted {
  dir: string;
  /** The Pulumi CLI, when it is not to be looked for on the PATH. */
  pulumi?: string;
  org?: string;
  /** The file of `quillon`. */
  quillon: string;
  env: NodeJS.ProcessEnv;
}

export interface Written {
  /** Both are absolute. */
  dir: string;
  file: string;
  /** The Pulumi CLI that it calls now. */
  pulumi: string;
  /** Whether later steps of a job of GitHub Actions find it. */
  isOnGithubPath: boolean;
}

/**
 * Writes a guarded `pulumi` into a folder.
 *
 * @throws Error that says why it can't be there.
 */
export async function writeShim({ dir: given, pulumi, org, quillon, env }: Wanted): Promise<Written> {
  const dir = resolve(given);
  if (dir.includes(delimiter) || /[\r\n]/.test(dir))
    throw new Error(`${dir} can't be on the PATH, because its name has a line break or a ${delimiter} in it.`);
  const file = join(dir, process.platform === "win32" ? "pulumi.cmd" : "pulumi");
  await refuseForeign(file);
  const real = realPulumi(dir, pulumi, env.PATH ?? "");
  const fixed = pulumi === undefined ? [] : ["--pulumi", real];
  const args = ["shim", "--exec", ...fixed, ...(org === undefined ? [] : ["--org", org]), dir];
  await put(file, shimText({ node: process.execPath, quillon, args }), dir);
  const github = env.GITHUB_PATH;
  if (github)
    await appendFile(github, `${dir}\n`).catch((error: Error) => {
      throw new Error(
        `${file} is written, and the steps that follow don't find it: GITHUB_PATH names ${github}, which can't be written: ${error.message}.`,
      );
    });
  return { dir, file, pulumi: real, isOnGithubPath: Boolean(github) };
}

/**
 * The Pulumi CLI that a guarded `pulumi` calls.
 *
 * @param given the one that was named, which is not looked for.
 * @throws Error when there is none.
 */
export function realPulumi(dir: string, given: string | undefined, path: string): string {
  if (given === undefined) {
    const found = findPulumi(dir, path);
    if (found !== undefined) return found;
    throw new Error(
      `There is no Pulumi CLI on the PATH besides ${dir}. Install it, or name it: quillon shim --pulumi PATH DIR.`,
    );
  }
  const file = resolve(given);
  if (!isProgram(file)) throw new Error(`${file} is no program that can be run.`);
  if (isOurs(file)) throw new Error(`${file} is a guarded pulumi itself. Name the Pulumi CLI.`);
  return file;
}

async function refuseForeign(file: string): Promise<void> {
  const there = await lstat(file).catch(() => undefined);
  if (!there || isOurs(file)) return;
  throw new Error(`${file} is there already, and quillon shim has not written it. Name another folder.`);
}

async function put(file: string, text: string, dir: string): Promise<void> {
  const made = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(made, text, { mode: 0o755 });
    await rename(made, file);
  } catch (error) {
    await rm(made, { force: true }).catch(() => {});
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" || code === "ENOTDIR") throw new Error(`${dir} is a file, or in one. Name a folder.`);
    if (code === "EACCES" || code === "EPERM" || code === "EROFS")
      throw new Error(`Nothing can be written in ${dir}. Name a folder of yours.`);
    throw error;
  }
}
