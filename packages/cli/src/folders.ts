import { mkdir } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";

/** For what can be made or fetched again. */
export function cacheFolder(): string {
  return resolve(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "quillon");
}

/** @throws Error that says where else it can be. */
export async function makeCacheFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new Error(
      `${folder} can't be made: ${error.message}. Set XDG_CACHE_HOME to a folder in which quillon can keep what it has fetched.`,
    );
  });
}

/**
 * The home folder that the Pulumi CLI takes: Go asks for the account of the user, whatever HOME says, and takes HOME when there is none.
 */
export function accountHome(account: () => { homedir: string } = userInfo): string {
  try {
    return account().homedir || homedir();
  } catch {
    return homedir();
  }
}

/** For what can't. */
export function stateFolder(): string {
  return resolve(process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "quillon");
}
