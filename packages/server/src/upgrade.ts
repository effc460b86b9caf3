import type { Settings } from "./settings.ts";
import { openStore, requireFolder } from "./store.ts";

/**
 * Brings the database of the settings to this version's schema, without a server.
 *
 * @returns the names of its schema before and now.
 * @throws Error with a sentence when there is no database, a newer Quillon has used it, or it belongs to another key. Then it is not changed.
 */
export async function upgrade(settings: Settings): Promise<{ from: string | undefined; to: string | undefined }> {
  await requireFolder(settings);
  const store = await openStore(settings, () => `process ${process.pid}, upgrading`);
  try {
    return await store.prepare();
  } finally {
    await store.close();
  }
}
