import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** For what can be made or fetched again. */
export function cacheFolder(): string {
  return resolve(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "quillon");
}

/** For what can't. */
export function stateFolder(): string {
  return resolve(process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "quillon");
}
