import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { publish } from "../testing/pack.ts";
import { entryOf, writeArchive } from "./archive.ts";
import { dump, inSnapshot } from "./dump.ts";
import { FORMAT, MANIFEST } from "./format.ts";
import { fill } from "./restore.ts";
import { findFilled } from "./tables.ts";
import { verify } from "./verify.ts";

describe.each(engines)("a backup of a server with a policy pack ($name)", (engine) => {
  let t: TestApp;
  let folder: string;
  let file: string;
  beforeAll(async () => {
    t = await startApp(engine);
    folder = await mkdtemp(join(tmpdir(), "quillon-backup-"));
    file = join(folder, "quillon.backup");
    await publish(t, "pack");
    const from = { blobs: t.blobs, version: "0.0.0-test" };
    await inSnapshot(t.db, (tx) => writeArchive(file, (archive) => dump(tx, from, archive)));
  });
  afterAll(async () => {
    await t.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function changed(change: (bytes: Buffer) => Buffer): Promise<string> {
    const other = join(folder, "changed");
    await writeFile(other, change(await readFile(file)));
    return other;
  }

  test("is refused when its end is missing, wherever it ends", async () => {
    const whole = (await readFile(file)).length;
    for (let part = 0; part < 30; part += 1) {
      const short = await changed((bytes) => bytes.subarray(0, Math.floor((whole * part) / 30)));
      await expect(verify(short), `${part} of 30`).rejects.toThrow(
        /is no whole backup of Quillon: .*Nothing was changed/,
      );
    }
  });

  test("is refused when its end is missing, also as a whole gzip of a whole tar", async () => {
    const tar = gunzipSync(await readFile(file));
    const mark = 1024;
    for (let end = 0; end < tar.length - mark; end += 512 * 7) {
      const short = await changed(() => gzipSync(Buffer.concat([tar.subarray(0, end), Buffer.alloc(mark)])));
      await expect(verify(short), `${end} bytes`).rejects.toThrow("is no whole backup of Quillon");
    }
  });

  test("is refused when a bit of a row or a blob is another, also with right checksums of the gzip", async () => {
    const tar = gunzipSync(await readFile(file));
    for (const text of ["acme", "PulumiPolicy", '"admin"', "tables/", "blobs/"]) {
      const at = tar.lastIndexOf(text);
      if (at < 0) continue;
      const other = Buffer.from(tar);
      other[at + 1] = (other[at + 1] ?? 0) ^ 1;
      await expect(verify(await changed(() => gzipSync(other))), text).rejects.toThrow("is no whole backup of Quillon");
    }
  });

  test("is refused or the same when any bit is another", async () => {
    const same = await verify(file);
    const { length } = await readFile(file);
    for (let at = 0; at < length; at += Math.ceil(length / 40)) {
      const other = await changed((bytes) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ 4;
        return flipped;
      });
      const found = await verify(other).catch((error: Error) => error.message);
      if (typeof found === "string") expect(found).toContain("is no whole backup of Quillon");
      else expect(found).toEqual(same);
    }
  });

  test("of a newer format is refused with the version that made it", async () => {
    const newer = join(folder, "newer");
    const manifest = { format: FORMAT + 1, version: "9.0.0" };
    await writeArchive(newer, (archive) => archive.add(entryOf(MANIFEST, Buffer.from(JSON.stringify(manifest)))));
    await expect(verify(newer)).rejects.toThrow(`has format ${FORMAT + 1}, of Quillon 9.0.0`);
  });

  test("does not replace a file", async () => {
    await expect(writeArchive(file, async () => {})).rejects.toThrow("EEXIST");
    expect((await verify(file)).blobs).toBe(1);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("that can't be written leaves no file", async () => {
    const other = join(folder, "other");
    const failed = writeArchive(other, async (archive) => {
      await archive.add(entryOf("a", Buffer.from("b")));
      throw new Error("the database is gone");
    });
    await expect(failed).rejects.toThrow("the database is gone");
    expect((await readdir(folder)).filter((name) => name.startsWith("other"))).toEqual([]);
  });

  test("that is interrupted leaves no file", async () => {
    const stop = new AbortController();
    const other = join(folder, "other");
    const stopped = writeArchive(
      other,
      async (archive) => {
        await archive.add(entryOf("a", Buffer.from("b")));
        stop.abort(new Error("The server ended."));
      },
      stop.signal,
    );
    await expect(stopped).rejects.toThrow("The server ended.");
    expect((await readdir(folder)).filter((name) => name.startsWith("other"))).toEqual([]);
  });

  test("is not restored onto a database with rows", async () => {
    const blobs = join(folder, "blobs");
    await expect(fill(t.db, blobs, file, await verify(file))).rejects.toThrow("The database has rows already");
    expect((await t.send("GET /api/user")).status).toBe(200);
    expect(await readdir(folder)).not.toContain("blobs");
  });

  test("that fails in the middle leaves the database and the folder empty, and can be restored then", async () => {
    const { db, close } = await engine.fresh();
    try {
      const blobs = join(folder, "blobs");
      const backup = await verify(file);
      await sql`alter table organizations add constraint broken check (name <> 'acme')`.execute(db);
      await expect(fill(db, blobs, file, backup)).rejects.toThrow("broken");
      expect(await findFilled(db)).toBeUndefined();
      expect(await readdir(folder)).not.toContain("blobs");
      await sql`alter table organizations drop constraint broken`.execute(db);
      await fill(db, blobs, file, backup);
      expect(await findFilled(db)).toBeDefined();
      // Triggers and foreign keys are as before.
      await expect(sql`truncate audit_log`.execute(db)).rejects.toThrow();
      await expect(sql`update tokens set user_id = gen_random_uuid()`.execute(db)).rejects.toThrow("foreign key");
    } finally {
      await close();
    }
  });
});
