import { refuseUnknown } from "../db/migrate.ts";
import type { Db } from "../db/open.ts";
import type { Settings } from "../settings.ts";
import { databaseError } from "../start-errors.ts";
import { openDatabaseOf } from "../store.ts";

/**
 * Opens the database for some work, and closes it.
 *
 * @throws Error with a sentence when it can't be used, or is a newer Quillon's.
 */
export async function withDatabase<T>(
  where: Pick<Settings, "data" | "databaseUrl">,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  const { db, opened, close } = openDatabaseOf(where);
  try {
    await opened
      .then(() => refuseUnknown(db))
      .catch((error: Error) => {
        // Errors of the system, the network and the database have a code, and sentences of ours have none.
        throw "code" in error ? databaseError(where, error) : error;
      });
    return await work(db);
  } finally {
    // One that could not be opened can't be closed either.
    await close().catch(() => {});
  }
}
