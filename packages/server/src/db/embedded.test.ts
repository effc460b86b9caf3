import { mkdir, mkdtemp, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OpenDatabase, openDatabase } from "./open.ts";
import { isUnavailable } from "./unavailable.ts";

let folder: string;
let database: OpenDatabase;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quillon-embedded-"));
  database = openDatabase({ folder });
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (text: string) => sql.raw<{ n: number }>(text).execute(database.db);
const failure = (work: Promise<unknown> | undefined) =>
  Promise.resolve(work).then(
    () => undefined,
    (error) => error,
  );

test("when the database panics, requests fail until its cause is gone, and then it goes on with all that was stored", async () => {
  await run("create table kept (n int)");
  await run("insert into kept values (1)");
  // Like a full disk: the file that a checkpoint writes can't be made.
  const inTheWay = join(folder, "database", "pg_logical", "replorigin_checkpoint.tmp");
  await mkdir(inTheWay);
  expect(await failure(database.upkeep?.())).toMatchObject({ severity: "PANIC" });
  expect(isUnavailable(await failure(run("select n from kept")))).toBe(true);

  await rmdir(inTheWay);
  await expect.poll(async () => (await failure(run("select n from kept"))) === undefined).toBe(true);
  await run("insert into kept values (2)");
  await database.upkeep?.();
  expect((await run("select n from kept order by n")).rows).toEqual([{ n: 1 }, { n: 2 }]);
});
