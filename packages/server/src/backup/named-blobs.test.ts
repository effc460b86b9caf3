import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { publish } from "../testing/pack.ts";
import { writeArchive } from "./archive.ts";
import { dump, inSnapshot } from "./dump.ts";
import { fill } from "./restore.ts";
import { findFilled } from "./tables.ts";
import { verify } from "./verify.ts";

describe.each(engines)("the blobs that a backup names ($name)", (engine) => {
  let t: TestApp;
  let folder: string;
  beforeAll(async () => {
    t = await startApp(engine);
    folder = await mkdtemp(join(tmpdir(), "quillon-backup-"));
    await publish(t, "pack");
  });
  afterAll(async () => {
    await t.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Restores a backup of what there is now, without its blobs. */
  async function restored(name: string) {
    const file = join(folder, name);
    const blobs = { get: async () => undefined };
    await inSnapshot(t.db, (tx) =>
      writeArchive(file, (archive) => dump(tx, { blobs, version: "0.0.0-test" }, archive)),
    );
    const { db, close } = await engine.fresh();
    const missing = await fill(db, join(folder, `${name}-blobs`), file, await verify(file)).catch(
      (error: Error) => error,
    );
    const filled = await findFilled(db);
    await close();
    return { missing, filled };
  }

  test("are told when it does not have them", async () => {
    const { blob } = await t.db.selectFrom("policy_pack_versions").select("blob").executeTakeFirstOrThrow();
    expect(await restored("lacking")).toEqual({ missing: [blob], filled: expect.any(String) });
  });

  test("are in their folder: another name is refused, and nothing is restored", async () => {
    await t.db.updateTable("policy_pack_versions").set({ blob: "archives/../../master.key" }).execute();
    expect(await restored("outside")).toEqual({
      missing: new Error(
        'The backup names a blob "archives/../../master.key", which Quillon never does. Somebody has changed it.',
      ),
      filled: undefined,
    });
  });
});
