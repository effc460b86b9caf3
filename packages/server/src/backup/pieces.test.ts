import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { engines } from "../testing/database.ts";
import { readArchive, writeArchive } from "./archive.ts";
import { dump, inSnapshot } from "./dump.ts";
import { partOf } from "./format.ts";

// Rows that compress well once made a backup fail, and took gigabytes of the server's memory.
test.each(engines)("a backup reads little at once, also of rows that compress well ($name)", async (engine) => {
  const { db, close } = await engine.fresh();
  const folder = await mkdtemp(join(tmpdir(), "quillon-backup-"));
  try {
    const ROWS = 60;
    await sql`create table texts (a text, b json, c bytea)`.execute(db);
    await sql`
      insert into texts select repeat('a', 500000), to_json(repeat('b', 500000)), decode(repeat('00', 250000), 'hex')
      from generate_series(1, ${ROWS}::integer)`.execute(db);
    await sql`insert into instance (master_key_fingerprint) values ('key')`.execute(db);
    const file = join(folder, "quillon.backup");
    const from = { blobs: { get: async () => undefined }, version: "0.0.0-test" };
    const { rows } = await inSnapshot(db, (tx) => writeArchive(file, (archive) => dump(tx, from, archive)));
    expect(rows).toBeGreaterThanOrEqual(ROWS);
    const sizes: number[] = [];
    await readArchive(file, async ({ name, size }) => {
      const part = partOf(name);
      if (part.kind === "rows" && part.table === "texts") sizes.push(size);
    });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(ROWS * 1_500_000);
    expect(Math.max(...sizes)).toBeLessThan(9 * 1024 * 1024);
  } finally {
    await close();
    await rm(folder, { recursive: true, force: true });
  }
});
