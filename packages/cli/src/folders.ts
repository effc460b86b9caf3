import { access, constants, mkdir } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";

/** For what can be made or fetched again. */
export function cacheFolder(): string {
  return resolve(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "quillon");
}

/** Makes a folder of the cache that something is about to be written to. @throws Error that says where else it can be. */
export async function makeCacheFolder(folder: string, look = access): Promise<void> {
  await makeFolder(folder, "Set XDG_CACHE_HOME to a folder in which quillon can keep what it has fetched", { look });
}

/** The same for what only its owner may read, and can't be fetched again. */
export async function makeStateFolder(folder: string): Promise<void> {
  await makeFolder(folder, "Set XDG_STATE_HOME to a folder in which quillon can keep what the server is to be told", {
    mode: 0o700,
  });
}

async function makeFolder(
  folder: string,
  orElse: string,
  { mode = 0o777, look = access }: { mode?: number; look?: typeof access },
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode });
    await look(folder, constants.W_OK);
  } catch (error) {
    throw new Error(`${folder} can't be written to: ${(error as Error).message}. ${orElse}.`);
  }
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
