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
  // To make one may take longer than a query waits for it.
  await database.opened;
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

test("upkeep removes what is dead, in large values too, and others have their turn meanwhile", async () => {
  await run("create table texts (n int, text text); alter table texts alter text set storage external");
  await run("insert into texts select n, repeat('x', 10000) from generate_series(1, 200) n");
  const size = async () => (await run("select pg_total_relation_size('texts')::int as n")).rows[0]?.n ?? 0;
  await run("delete from texts");
  const before = await size();
  let ended = false;
  const upkeep = database.upkeep?.().finally(() => {
    ended = true;
  });
  let turns = 0;
  for (; !ended; turns++) await run("select 1 as n");
  await upkeep;
  expect(turns).toBeGreaterThan(20);
  expect(await size()).toBeLessThan(before / 10);
});
