import { sql } from "kysely";
import { expect, test, vi } from "vitest";
import { openPostgres } from "./postgres.ts";

const url = process.env.QUILLON_TEST_POSTGRES ?? "";

test.runIf(url)("a transaction that does not end does not keep the database from being closed", async () => {
  const { db, close } = openPostgres(url, { lastMs: 100 });
  const happened: unknown[] = [];
  void db.transaction().execute(async (tx) => {
    await sql`select 1`.execute(tx);
    happened.push("begun");
    await sql`select pg_sleep(600)`.execute(tx).catch((error: Error) => happened.push(error.message));
    // It waits for something else then, such as a task in a worker thread.
    await new Promise(() => {});
  });
  await vi.waitFor(() => expect(happened).toEqual(["begun"]));
  await close();
  await vi.waitFor(() => expect(happened).toHaveLength(2));
});
