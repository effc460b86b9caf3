import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";

/** For what can be made or fetched again. */
export function cacheFolder(): string {
  return resolve(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "quillon");
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
