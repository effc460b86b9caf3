import { rename } from "node:fs/promises";
import { join } from "node:path";
import { addMasterKey, claimInstance, findNewestFingerprint, removeOtherMasterKeys } from "./db/instance.ts";
import type { MasterKey } from "./keys.ts";
import { keyFile, makeKeyFile } from "./master-key.ts";
import type { Settings } from "./settings.ts";
import { openStore, requireFolder, type Store } from "./store.ts";

/** Master keys, by their fingerprints. */
interface Rotated {
  old: string;
  new: string;
  /** Where the old key is now, when the folder has the new one already. Otherwise both can be used. */
  oldFile?: string;
}

/**
 * Gives the database another master key. Nothing else is encrypted again: all is encrypted with keys that come from the root key, and
 * the master key protects that one only.
 *
 * The key of a folder is replaced at once. One of the settings is only added to, because each server has to be given it first.
 *
 * @param newKey the one to change to. Undefined to make one, which only the key of a folder can be changed to.
 * @throws Error with a sentence for the operator. Then nothing was changed.
 */
export async function rotateKey(settings: Settings, newKey: MasterKey | undefined): Promise<Rotated> {
  const isOfFolder = !settings.databaseUrl && !settings.masterKey && !settings.masterKeyCommand;
  if (!isOfFolder && !newKey)
    throw new Error(
      "Set QUILLON_NEW_MASTER_KEY to the key to change to. Make one with: openssl rand -base64 32. Nothing was changed.",
    );
  return withStore(settings, async ({ db, master }) => {
    if (newKey?.fingerprint === master.fingerprint)
      throw new Error(`The key to change to is ${master.fingerprint}, which is used already. Nothing was changed.`);
    const rootKey = await claimInstance(db, master);
    if (!isOfFolder && newKey) {
      await addMasterKey(db, newKey, rootKey);
      return { old: master.fingerprint, new: newKey.fingerprint };
    }
    // In this order: whenever it ends, the file has a key that can be used.
    const unused = join(settings.data, "master-new.key");
    const made = await makeKeyFile(unused, newKey?.bytes);
    await addMasterKey(db, made, rootKey);
    const oldFile = join(settings.data, `master-${master.fingerprint}.key`);
    await makeKeyFile(oldFile, master.bytes);
    await rename(unused, keyFile(settings.data));
    await removeOtherMasterKeys(db, made);
    return { old: master.fingerprint, new: made.fingerprint, oldFile };
  });
}

/**
 * Lets no other master key be used any more than that of the settings, when all servers have it.
 *
 * @throws Error with a sentence for the operator. Then nothing was changed.
 */
export async function finishRotation(settings: Settings): Promise<{ now: string; removed: string[] }> {
  return withStore(settings, async ({ db, master }) => {
    const newest = await findNewestFingerprint(db);
    if (newest !== master.fingerprint)
      throw new Error(
        `The key given is ${master.fingerprint}, and the newest is ${newest}. Give the newest one, because the others are removed. Nothing was changed.`,
      );
    return { now: master.fingerprint, removed: await removeOtherMasterKeys(db, master) };
  });
}

async function withStore<T>(settings: Settings, work: (store: Store) => Promise<T>): Promise<T> {
  await requireFolder(settings);
  const store = await openStore(settings, () => `process ${process.pid}, changing the master key`);
  try {
    await store.requireCurrent();
    return await work(store);
  } finally {
    await store.close();
  }
}
