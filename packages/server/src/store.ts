import { access, constants, mkdir, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { checkInstance, claimInstance } from "./db/instance.ts";
import { lockFolder } from "./db/lock.ts";
import { isMigrated, migrate, newestMigration, refuseUnknown } from "./db/migrate.ts";
import { type Connections, type Db, type OpenDatabase, openDatabase } from "./db/open.ts";
import { type Keys, LateKeys, type MasterKey } from "./keys.ts";
import { findGivenKey, keyFile, makeKeyFile } from "./master-key.ts";
import type { Settings } from "./settings.ts";
import { databaseError, folderError } from "./start-errors.ts";

/** The data folder, its lock, the keys and the database. */
export interface Store {
  readonly db: Db;
  readonly master: MasterKey;
  /** Known after `prepare`. */
  readonly keys: Keys;
  /**
   * Makes the database ready: its schema the newest, and this server's master key the one that it belongs to.
   *
   * @returns its schema before, undefined for an empty one, and now.
   * @throws Error with a sentence when it can't be opened, is a newer Quillon's, or belongs to another key. Then it is not changed.
   */
  prepare(): Promise<{ from: string | undefined; to: string | undefined }>;
  /** @throws Error as `prepare`, and when the database is not ready. It changes nothing. */
  requireCurrent(): Promise<void>;
  connections(): Connections;
  /** What the embedded database needs every few minutes. */
  upkeep(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens what the settings name. A folder that does not exist is made.
 *
 * @param holder returns what another process is told that wants the same folder.
 * @throws Error with a sentence when the folder or the master key can't be used.
 */
export async function openStore(settings: Settings, holder: () => string): Promise<Store> {
  const { data, databaseUrl } = settings;
  await makeFolder(data);
  const lock = databaseUrl ? undefined : await lockFolder(data, holder);
  try {
    const master = await findMasterKey(settings);
    const keys = new LateKeys();
    if (!databaseUrl) await beginAgain(data);
    const { db, opened, connections, upkeep, close } = openDatabaseOf(settings);
    const isReachable = async () => {
      await opened
        .then(() => sql`select 1`.execute(db))
        .catch(async (error: unknown) => {
          throw databaseError(settings, error, await spaceIn(data));
        });
    };
    return {
      db,
      master,
      keys,
      connections,
      async prepare() {
        await isReachable();
        await refuseUnknown(db);
        await checkInstance(db, master);
        const from = await newestMigration(db);
        await migrate(db);
        keys.derive(await claimInstance(db, master));
        await finish(data);
        return { from, to: await newestMigration(db) };
      },
      async requireCurrent() {
        await isReachable();
        await refuseUnknown(db);
        const claimed = await checkInstance(db, master);
        if (claimed && (await isMigrated(db))) return;
        throw new Error(
          "The database is not ready for this version. Start `quillon server` with the same settings once.",
        );
      },
      upkeep: async () => upkeep?.(),
      async close() {
        // One that could not be opened can't be closed either, and its error was thrown already.
        await close().catch(() => {});
        await lock?.release();
      },
    };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** @throws Error when the embedded database of the settings was never made. */
export async function requireFolder({ data, databaseUrl }: Pick<Settings, "data" | "databaseUrl">): Promise<void> {
  if (databaseUrl || (await hasDatabase(data))) return;
  throw new Error(`There is no Quillon database in ${data}. Name its folder with --data (QUILLON_DATA).`);
}

/** @throws Error with a sentence when the settings name no database. */
export function openDatabaseOf(settings: Pick<Settings, "data" | "databaseUrl">): OpenDatabase {
  try {
    return openDatabase(settings.databaseUrl ? { databaseUrl: settings.databaseUrl } : { folder: settings.data });
  } catch (error) {
    throw databaseError(settings, error);
  }
}

/** In bytes, what a user who is not root may still write; undefined where it can't be found out. */
async function spaceIn(folder: string): Promise<number | undefined> {
  const found = await statfs(folder).catch(() => undefined);
  return found && found.bavail * found.bsize;
}

/** @throws Error with a sentence when the folder can't be used. */
export async function makeFolder(data: string): Promise<void> {
  try {
    await mkdir(data, { recursive: true, mode: 0o700 });
    await access(data, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw folderError(data, error);
  }
}

async function findMasterKey(settings: Settings): Promise<MasterKey> {
  const { data, databaseUrl } = settings;
  const found = await findGivenKey(settings);
  if (found) return found;
  if (databaseUrl) {
    throw new Error(
      "QUILLON_DATABASE_URL needs QUILLON_MASTER_KEY or QUILLON_MASTER_KEY_COMMAND, because other servers on that database would not have a key made here. Make one with: openssl rand -base64 32",
    );
  }
  // A new key would only hide that the old one is missing.
  if (await hasDatabase(data)) {
    throw new Error(
      `The key of the database in ${data} is missing: no other key can decrypt its secrets. ` +
        "Put its master.key back into the folder, or set QUILLON_MASTER_KEY to it.",
    );
  }
  return makeKeyFile(keyFile(data));
}

/**
 * Whether the folder has an embedded database that was ready once. Before that nobody has stored something in it, so one
 * that an interrupted first start left behind counts as none.
 */
export async function hasDatabase(data: string): Promise<boolean> {
  const names = await readdir(data).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw folderError(data, error);
  });
  return names.includes("database") && !names.includes("database.unfinished");
}

/** Marks that the folder's database is being made, and removes what an interrupted start has made of it. */
export async function beginAgain(data: string): Promise<void> {
  if (await hasDatabase(data)) return;
  await writeFile(unfinishedMark(data), "");
  await rm(join(data, "database"), { recursive: true, force: true });
}

/** Says that the folder's database is made. */
export async function finish(data: string): Promise<void> {
  await rm(unfinishedMark(data), { force: true });
}

function unfinishedMark(data: string): string {
  return join(data, "database.unfinished");
}
