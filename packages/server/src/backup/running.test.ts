import { randomUUID } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Log } from "../context.ts";
import { openDatabase } from "../db/open.ts";
import { backUp, readSettings, restore, startServer } from "../main.ts";
import { makeDataFolder } from "../testing/database.ts";
import { backUpRegularly } from "./index.ts";
import { verify } from "./verify.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quillon-backup-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const settings = (data: string, env: Record<string, string> = {}) =>
  readSettings({ data: join(folder, data), listen: "127.0.0.1:0" }, { QUILLON_LOG_LEVEL: "silent", ...env });

/** Of the server with these settings, and whether it is itself. */
async function stacksOf(given: ReturnType<typeof settings>): Promise<string[]> {
  const server = await startServer(given);
  try {
    expect(server.bootstrapped).toBeUndefined();
    const answer = await fetch(`${server.url}/api/user/stacks`, { headers: { authorization: "token given" } });
    return ((await answer.json()) as { stacks: { stackName: string }[] }).stacks.map(({ stackName }) => stackName);
  } finally {
    await server.close();
  }
}

test("a backup of a running server has what it had then, and is restored with its key only", async () => {
  await makeDataFolder(join(folder, "data"));
  const server = await startServer(
    settings("data", { QUILLON_BOOTSTRAP_TOKEN: "given", QUILLON_BACKUP_HOURS: "never" }),
  );
  const make = (stackName: string) =>
    fetch(`${server.url}/api/stacks/acme/web`, {
      ...{ method: "POST", body: JSON.stringify({ stackName }) },
      headers: { authorization: "token given", "content-type": "application/json" },
    });
  const file = join(folder, "quillon.backup");
  expect((await make("before")).status).toBe(200);
  const { missing } = await backUp(settings("data"), file);
  expect(missing).toEqual([]);
  await expect(backUp(settings("data"), file)).rejects.toThrow("There is");
  expect((await make("after")).status).toBe(200);
  await server.close();
  expect((await readdir(join(folder, "data"))).sort()).toEqual(["blobs", "database", "master.key"]);

  // No server runs any more.
  const second = join(folder, "second.backup");
  await backUp(settings("data"), second);

  await expect(restore(settings("other"), file)).rejects.toThrow("and no key is given. Put the master.key");
  const wrong = { QUILLON_MASTER_KEY: Buffer.alloc(32).toString("base64") };
  await expect(restore(settings("other", wrong), file)).rejects.toThrow("but the key given is");
  expect(await readdir(folder)).not.toContain("other");

  await mkdir(join(folder, "other"));
  await copyFile(join(folder, "data", "master.key"), join(folder, "other", "master.key"));
  await restore(settings("other"), file);
  expect(await stacksOf(settings("other"))).toEqual(["before"]);
  await expect(restore(settings("other"), second)).rejects.toThrow("is not empty");
});

test("a server on the embedded database keeps backups of itself, and removes what an interrupted one has left", async () => {
  const kept = join(folder, "data", "backups");
  const [leftover, old, mine] = [
    "quillon-2026-01-02T03-04-05Z.backup.tmp",
    "quillon-2026-01-02T03-04-05Z.backup",
    "mine.backup",
  ];
  await mkdir(kept, { recursive: true });
  for (const name of [leftover, old, mine]) await writeFile(join(kept, name), "");
  const server = await startServer(settings("data", { QUILLON_BACKUPS_KEPT: "1" }), { firstBackupMs: 1 });
  await expect.poll(() => readdir(kept), { timeout: 120_000 }).not.toContain(old);
  await server.close();
  const names = (await readdir(kept)).sort();
  expect(names).toEqual([mine, expect.stringMatching(/^quillon-.*Z\.backup$/)]);
  expect(await verify(join(kept, names[1] ?? ""))).toMatchObject({ manifest: { format: 1 } });
});

test("a backup that can't be made is logged, and the server goes on", async () => {
  await mkdir(join(folder, "data"));
  await writeFile(join(folder, "data", "backups"), "in the way");
  const database = openDatabase({ folder: join(folder, "data") });
  const failures: unknown[] = [];
  const log = { error: (_: object, text: string) => failures.push(text) } as unknown as Log;
  const options = { version: "0", isReady: () => true, leastMs: 1 };
  const stop = backUpRegularly({ db: database.db, log }, settings("data"), options);
  try {
    await expect
      .poll(() => failures, { timeout: 120_000 })
      .toEqual(["could not back up the embedded database; the next try is in 1 h"]);
  } finally {
    await stop();
    await database.close();
  }
});

const superuser = process.env.QUILLON_TEST_POSTGRES;

test.runIf(superuser)(
  "a backup moves a server from the embedded database to PostgreSQL, where it is backed up beside its servers",
  async () => {
    await makeDataFolder(join(folder, "data"));
    await (await startServer(settings("data", { QUILLON_BOOTSTRAP_TOKEN: "given" }))).close();
    const file = join(folder, "quillon.backup");
    await backUp(settings("data"), file);
    const name = `quillon_${randomUUID().replaceAll("-", "")}`;
    const admin = new pg.Client({ connectionString: superuser });
    await admin.connect();
    await admin.query(`create database ${name}`);
    try {
      const url = new URL(superuser ?? "");
      url.pathname = `/${name}`;
      const key = (await readFile(join(folder, "data", "master.key"), "utf8")).trim();
      const moved = settings("moved", { QUILLON_DATABASE_URL: url.href, QUILLON_MASTER_KEY: key });
      await restore(moved, file);
      await expect(restore(moved, file)).rejects.toThrow("The database has rows already");
      expect(await stacksOf(moved)).toEqual([]);
      const back = join(folder, "back.backup");
      await expect(backUp(settings("data", { QUILLON_DATABASE_URL: url.href }), back)).rejects.toThrow(
        "is not the data folder of this database's servers",
      );
      expect(await backUp(moved, back)).toMatchObject({ missing: [] });
      expect((await readdir(join(folder, "moved"))).filter((entry) => entry.endsWith(".tmp"))).toEqual([]);
    } finally {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    }
  },
);
