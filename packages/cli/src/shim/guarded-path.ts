import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { isOurs, isProgram } from "./find-pulumi.ts";
import { shimText } from "./text.ts";

interface Guard {
  env: NodeJS.ProcessEnv;
  org?: string | undefined;
  /** The file of `quillon`. */
  quillon: string;
}

const NAME = process.platform === "win32" ? "pulumi.cmd" : "pulumi";

/**
 * Does some work with an environment in which what is called by the name `pulumi` is guarded: a program that is given the CLI's arguments
 * may call the CLI with others.
 *
 * @throws Error when nothing on the PATH can be guarded.
 */
export async function withGuardedPath<T>(
  { env, org, quillon }: Guard,
  work: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  // On Windows it may be written otherwise.
  const variable = Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  const path = env[variable] ?? "";
  if (isGuarded(path)) return work(env);
  const dir = await realpath(await mkdtemp(join(tmpdir(), "quillon-run-")));
  try {
    const file = join(dir, NAME);
    const args = ["shim", "--exec", ...(org === undefined ? [] : ["--org", org]), dir];
    await writeFile(file, shimText({ node: process.execPath, quillon, args }), { mode: 0o755 });
    if (!isProgram(file) || dir.includes(delimiter))
      throw new Error(
        `Programs in ${tmpdir()} can't be run, so what calls pulumi can't be guarded. Set TMPDIR to another folder.`,
      );
    return await work({ ...env, [variable]: [dir, ...(path ? [path] : [])].join(delimiter) });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Whether the first one on the PATH is a guarded one already. */
function isGuarded(path: string): boolean {
  const files = path.split(delimiter).flatMap((dir) => NAMES.map((name) => join(resolve(dir), name)));
  const first = files.find(isProgram);
  return first !== undefined && isOurs(first);
}

const NAMES = process.platform === "win32" ? ["pulumi.exe", "pulumi.cmd", "pulumi.bat"] : ["pulumi"];
