import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { sql } from "kysely";
import type { Log } from "../context.ts";
import type { Db } from "../db/open.ts";
import type { Settings } from "../settings.ts";
import { besideModule } from "../workers/beside-module.ts";
import type { Made, Wanted } from "./backup-worker.ts";
import { nameOfBackup, newestTime, surplus, unfinished, waitFor } from "./kept.ts";

const HOUR_MS = 3_600_000;
/** Longer than a server runs that is only tried. */
const LEAST_MS = 10 * 60_000;

/**
 * Makes backups of the embedded database again and again, in the folder `backups` of the data folder, and keeps the newest. One that
 * fails is logged, and does nothing else. When nothing was stored since the last one, there is none.
 *
 * @param options.isReady asked each time; it waits for the next time when the server is not.
 * @param options.leastMs how long it waits at least. Not a setting: tests can't wait so long.
 * @returns what stops it.
 */
export function backUpRegularly(
  { db, log }: { db: Db; log: Log },
  settings: Settings,
  { version, isReady, leastMs = LEAST_MS }: { version: string; isReady: () => boolean; leastMs?: number | undefined },
): () => Promise<void> {
  const { data, backupHours: hours, backupsKept: keep } = settings;
  if (hours === undefined) return async () => {};
  const folder = join(data, "backups");
  const everyMs = hours * HOUR_MS;
  const stop = new AbortController();
  const { signal } = stop;
  let stored: string | undefined;
  const once = async () => {
    const now = await countWrites(db);
    if (now === stored) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeAll(folder, unfinished(await readdir(folder)));
    const file = join(folder, nameOfBackup(new Date()));
    const missing = await inThread({ where: { data }, file, version }, signal).catch(async (error: unknown) => {
      await removeAll(folder, unfinished(await readdir(folder)));
      throw error;
    });
    stored = now;
    if (missing.length > 0)
      log.warn({ missing }, "the backup lacks blobs that the database names and the data folder does not have");
    await removeAll(folder, surplus(await readdir(folder), keep));
  };
  const loop = async () => {
    const names = await readdir(folder).catch((): string[] => []);
    await removeAll(folder, unfinished(names));
    await rest(waitFor({ now: Date.now(), newest: newestTime(names), everyMs, leastMs }), signal);
    while (!signal.aborted) {
      if (isReady())
        await once().catch((err: unknown) => {
          if (!signal.aborted)
            log.error({ err }, `could not back up the embedded database; the next try is in ${hours} h`);
        });
      await rest(everyMs, signal);
    }
  };
  const ended = loop().catch((err: unknown) => log.error({ err }, "the embedded database is not backed up"));
  return () => {
    stop.abort();
    return ended;
  };
}

/** @returns another text when a row was written since. `turns` only says which server does what. */
async function countWrites(db: Db): Promise<string> {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ writes: string }>`
    select sum(n_tup_ins + n_tup_upd + n_tup_del)::text as writes from pg_stat_user_tables
    where schemaname = current_schema() and relname <> 'turns'`.execute(db);
  return rows[0]?.writes ?? "";
}

/** @returns blobs that are missing in the backup. */
function inThread(wanted: Wanted, signal: AbortSignal): Promise<string[]> {
  const worker = new Worker(besideModule("backup-worker", import.meta.url), { workerData: wanted });
  const end = () => void worker.terminate();
  signal.addEventListener("abort", end);
  let made: Made | undefined;
  return new Promise<string[]>((resolve, reject) => {
    worker
      .on("message", (message: Made) => {
        made = message;
      })
      .on("error", reject)
      .on("exit", () => {
        if (made && "missing" in made) resolve(made.missing);
        else reject(new Error(made?.problem ?? "It has ended before the backup was whole."));
      });
  }).finally(() => signal.removeEventListener("abort", end));
}

async function removeAll(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true });
}

/** Ends early when the signal is aborted. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return timer(ms, undefined, { signal, ref: false }).catch(() => {});
}
