import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";

/** A place in a Git repository. */
interface Place {
  repository: string;
  /** What follows `/tree/` in the address of a page: a branch, which may have slashes, and perhaps a folder. */
  within?: string;
}

/** Whether somebody named a Git repository, and not a template or a folder. */
export function isRepository(named: string): boolean {
  return /^(https?|ssh|git|file):\/\/|^[\w.-]+@[\w.-]+:/.test(named);
}

/** GitHub, GitLab and others show a folder of a branch at such an address. */
export function placeOf(address: string): Place {
  const [, repository = address, within] = /^(https?:\/\/.+?)(?:\/-)?\/tree\/(.+?)\/?$/.exec(address) ?? [];
  return within === undefined ? { repository } : { repository, within };
}

/** @param refs the names of all branches and tags; the longest that fits is meant, because a name may have slashes */
export function branchAndFolder(within: string, refs: readonly string[]): { branch: string; folder: string } {
  const fits = refs.filter((ref) => within === ref || within.startsWith(`${ref}/`));
  const branch = fits.sort((a, b) => b.length - a.length)[0];
  if (branch === undefined) throw new Error(`No branch or tag has the name at the start of "${within}".`);
  return { branch, folder: within.slice(branch.length + 1) };
}

/**
 * Gets templates from a Git repository, with the user's own settings of Git.
 *
 * @returns their folder, and the one to remove when all is done.
 * @throws Error
 */
export async function cloneTemplates(address: string): Promise<{ directory: string; remove: string }> {
  const { repository, within } = placeOf(address);
  const remove = mkdtempSync(join(tmpdir(), "quillon-template-"));
  try {
    const at = within === undefined ? undefined : branchAndFolder(within, await refsOf(repository));
    const clone = join(remove, "templates");
    const branch = at ? ["--branch", at.branch] : [];
    await git("clone", "--quiet", "--depth", "1", ...branch, "--", repository, clone);
    const directory = join(clone, at?.folder ?? "");
    if (relative(clone, directory).startsWith("..") || !existsSync(directory))
      throw new Error(`There is no folder "${at?.folder}" in it.`);
    return { directory, remove };
  } catch (error) {
    rmSync(remove, { recursive: true, force: true });
    throw new Error(`No template can be had from ${withoutPassword(address)}. ${(error as Error).message}`);
  }
}

async function refsOf(repository: string): Promise<string[]> {
  const printed = await git("ls-remote", "--heads", "--tags", "--", repository);
  return [...printed.matchAll(/\trefs\/(?:heads|tags)\/(.+?)(?:\^\{\})?$/gm)].map(([, name = ""]) => name);
}

async function git(...args: string[]): Promise<string> {
  try {
    // Nobody is asked for a password: it would look as if nothing happened.
    const env = { ...process.env, GIT_TERMINAL_PROMPT: "0" };
    return (await promisify(execFile)("git", args, { env, maxBuffer: 64 * 1024 ** 2 })).stdout;
  } catch (error) {
    const { code, stderr, message } = error as { code?: unknown; stderr?: string; message: string };
    if (code === "ENOENT") throw new Error("This needs git, which is not installed.");
    throw new Error(withoutPassword(stderr?.trim() || message));
  }
}

export function withoutPassword(text: string): string {
  return text.replace(/(?<=:\/\/)[^\s/@]+@/g, "");
}
