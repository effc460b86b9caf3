import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Lease } from "../context.ts";
import type { Db } from "../db/open.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack } from "../testing/stack.ts";
import { insertEntries, insertJournalBase } from "./change-queries.ts";
import { EMPTY } from "./export.ts";

const BOUNDS = { most: 1e9, counted: [], mostCounted: 0 };
const BATCH = 100;

describe.each(engines)("the journal's rows on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  async function leaseOf(id: string): Promise<Lease> {
    return t.db
      .selectFrom("updates")
      .where("id", "=", id)
      .select(["id as updateId", "stack_id as stackId", "requested_by as userId", "lease_epoch as epoch"])
      .executeTakeFirstOrThrow() as unknown as Promise<Lease>;
  }
  const batch = (first: number) =>
    Array.from({ length: BATCH }, (_, index) => {
      const body = JSON.stringify({ sequence: first + index, text: "x".repeat(500) });
      return { sequence: first + index, body, blob: null, bytes: body.length };
    });
  /** How many rows of journals the transaction has read. */
  async function rowsRead(db: Db): Promise<number> {
    const { rows } = await sql<{ read: number }>`
      select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read
      from pg_stat_xact_user_tables where relname = 'state_changes'`.execute(db);
    return rows[0]?.read ?? Number.NaN;
  }

  test("are not all read for each batch, because a long update would become slower with each", async () => {
    const update = await (await newStack(t)).run();
    const lease = await leaseOf(update.id);
    await insertJournalBase(t.db, lease, EMPTY);
    for (let first = 1; first <= 20 * BATCH; first += BATCH)
      expect(await insertEntries(t.db, lease, batch(first), BOUNDS)).toBeUndefined();
    await t.db.transaction().execute(async (db) => {
      expect(await insertEntries(db, lease, batch(20 * BATCH + 1), BOUNDS)).toBeUndefined();
      expect(await rowsRead(db)).toBeLessThanOrEqual(2 * BATCH);
    });
    await t.db.transaction().execute(async (db) => {
      expect(await insertEntries(db, lease, batch(1), BOUNDS)).toBeUndefined();
      expect(await rowsRead(db)).toBeLessThanOrEqual(2 * BATCH);
    });
    const counted = t.db.selectFrom("state_changes").where("update_id", "=", update.id);
    expect(await counted.select((of) => of.fn.countAll<string>().as("count")).execute()).toEqual([{ count: "2100" }]);
  });
});
