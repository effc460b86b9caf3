import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Lease } from "../context.ts";
import type { Db } from "../db/open.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack } from "../testing/stack.ts";
import { insertEntries, insertJournalBase, listChanges, listPageEnds } from "./change-queries.ts";
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

  /** How many rows of journals `work` reads, in a transaction, because others' are counted late. */
  async function rowsReadBy(work: (db: Db) => Promise<void>): Promise<number> {
    return t.db.transaction().execute(async (db) => {
      const before = await rowsRead(db);
      await work(db);
      return (await rowsRead(db)) - before;
    });
  }
  async function journalOf(entries: number): Promise<Lease> {
    const update = await (await newStack(t)).run();
    const lease = await leaseOf(update.id);
    await insertJournalBase(t.db, lease, EMPTY);
    for (let first = 1; first <= entries; first += BATCH)
      expect(await insertEntries(t.db, lease, batch(first), BOUNDS)).toBeUndefined();
    return lease;
  }

  test("are not all read for each batch, because a long update would become slower with each", async () => {
    const lease = await journalOf(20 * BATCH);
    for (const first of [20 * BATCH + 1, 1]) {
      const read = await rowsReadBy(async (db) => {
        expect(await insertEntries(db, lease, batch(first), BOUNDS)).toBeUndefined();
      });
      expect(read).toBeLessThanOrEqual(2 * BATCH);
    }
    const counted = t.db.selectFrom("state_changes").where("update_id", "=", lease.updateId);
    expect(await counted.select((of) => of.fn.countAll<string>().as("count")).execute()).toEqual([{ count: "2100" }]);
  });

  test("are not all read for each page, because the end of a long update would become slower with each", async () => {
    const { updateId } = await journalOf(20 * BATCH + 100);
    const row = { updateId, baseSequence: null };
    const ends = (await listPageEnds(t.db, row, 2 * BATCH)) ?? [];
    expect(ends).toEqual([...Array.from({ length: 10 }, (_, page) => `${2 * BATCH * (page + 1)}`), "2100"]);
    const read = await rowsReadBy(async (db) => {
      const page = await listChanges(db, row, { after: ends[0], until: ends[1] ?? "" });
      expect(page?.map(({ sequence }) => Number(sequence))).toEqual(
        Array.from({ length: 2 * BATCH }, (_, index) => 2 * BATCH + 1 + index),
      );
    });
    expect(read).toBeLessThanOrEqual(4 * BATCH);
  });

  test("have no pages when none came, and none of another base", async () => {
    const { updateId } = await journalOf(0);
    expect(await listPageEnds(t.db, { updateId, baseSequence: null }, BATCH)).toEqual([]);
    expect(await listPageEnds(t.db, { updateId, baseSequence: 7 }, BATCH)).toBeUndefined();
    expect(await listChanges(t.db, { updateId, baseSequence: 7 }, { after: undefined, until: "9" })).toBeUndefined();
  });
});
