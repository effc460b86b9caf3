import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { diskBlobs } from "../blobs/disk.ts";
import { isMigrated, migrate, migrateTo } from "../db/migrate.ts";
import { emptyPglite, inThisThread } from "../testing/database.ts";
import { writeArchive } from "./archive.ts";
import { dump, inSnapshot } from "./dump.ts";
import { fill } from "./restore.ts";
import { verify } from "./verify.ts";

async function empty() {
  const pglite = await emptyPglite();
  const { db, destroy } = inThisThread(pglite);
  onTestFinished(async () => {
    await destroy();
    await pglite.close();
  });
  return db;
}

test("a backup of an older schema is brought to the newest one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "quillon-backup-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [older, restored] = [await empty(), await empty()];
  await migrateTo(older, "0010_update_tags");
  await sql`insert into instance (master_key_fingerprint) values ('key')`.execute(older);
  await sql`insert into organizations (name) values ('acme')`.execute(older);
  const file = join(folder, "quillon.backup");
  const from = { blobs: diskBlobs(folder), version: "0.0.0-test" };
  await inSnapshot(older, (tx) => writeArchive(file, (archive) => dump(tx, from, archive)));

  const backup = await verify(file);
  expect(backup.manifest.schema).toBe("0010_update_tags");
  await migrateTo(restored, backup.manifest.schema);
  await fill(restored, join(folder, "blobs"), file, backup);
  await migrate(restored);
  expect(await isMigrated(restored)).toBe(true);
  expect(await restored.selectFrom("organizations").select(["name", "default_permission"]).execute()).toEqual([
    { name: "acme", default_permission: "write" },
  ]);
});
