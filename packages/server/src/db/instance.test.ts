import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { masterKeyOf } from "../keys.ts";
import { engines, type TestDatabase } from "../testing/database.ts";
import {
  addMasterKey,
  checkInstance,
  claimInstance,
  findNewestFingerprint,
  listFingerprints,
  removeOtherMasterKeys,
} from "./instance.ts";
import type { Db } from "./open.ts";

const newKey = () => masterKeyOf(randomBytes(32));

describe.each(engines)("the master key of a database on $name", (engine) => {
  let database: TestDatabase;
  let db: Db;
  beforeEach(async () => {
    database = await engine.fresh();
    db = database.db;
    return () => database.close();
  });

  test("protects one root key, which servers that start at the same time agree on", async () => {
    const master = newKey();
    expect(await checkInstance(db, master)).toBe(false);
    const [root, ...others] = await Promise.all([1, 2, 3, 4].map(() => claimInstance(db, master)));
    expect(root).not.toEqual(master.bytes);
    for (const other of others) expect(other).toEqual(root);
    expect(await checkInstance(db, master)).toBe(true);
  });

  test("is no other one, and a refused one changes nothing", async () => {
    const [master, other] = [newKey(), newKey()];
    await claimInstance(db, master);
    await expect(checkInstance(db, other)).rejects.toThrow(
      `belongs to master key ${master.fingerprint}, but the key given is ${other.fingerprint}`,
    );
    await expect(claimInstance(db, other)).rejects.toThrow("belongs to master key");
    expect(await listFingerprints(db)).toEqual([master.fingerprint]);
  });

  test("is the root key in a database of a version that had none, so that what it had encrypted can be read", async () => {
    const master = newKey();
    await sql`insert into instance (master_key_fingerprint) values (${master.fingerprint})`.execute(db);
    await expect(claimInstance(db, newKey())).rejects.toThrow("belongs to master key");
    expect(await claimInstance(db, master)).toEqual(master.bytes);
    expect(await claimInstance(db, master)).toEqual(master.bytes);
  });

  test("can be two, until one of them is removed", async () => {
    const [old, next] = [newKey(), newKey()];
    const root = await claimInstance(db, old);
    await addMasterKey(db, next, root);
    await addMasterKey(db, next, root);
    expect(await listFingerprints(db)).toEqual([old.fingerprint, next.fingerprint]);
    expect(await findNewestFingerprint(db)).toBe(next.fingerprint);
    for (const key of [old, next]) expect(await claimInstance(db, key)).toEqual(root);

    expect(await removeOtherMasterKeys(db, next)).toEqual([old.fingerprint]);
    expect(await removeOtherMasterKeys(db, next)).toEqual([]);
    await expect(checkInstance(db, old)).rejects.toThrow(`belongs to master key ${next.fingerprint},`);
    expect(await claimInstance(db, next)).toEqual(root);
  });
});
