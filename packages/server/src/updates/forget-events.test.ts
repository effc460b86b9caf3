import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack } from "../testing/stack.ts";

const EVENTS = 5_000;
const REMOVED = 20;

describe.each(engines)("updates that are removed on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  test("take their events with them, and no others are looked at", async () => {
    const on = await newStack(t);
    const kept = await on.create();
    const removed: string[] = [];
    for (let n = 0; n < REMOVED; n += 1) removed.push(await on.create("update", true));
    await sql`insert into engine_events (update_id, sequence, body)
      select ${kept}::uuid, n, '{}' from generate_series(1, ${EVENTS}::int) n`.execute(t.db);
    // The database believes now that each update has so many.
    await sql`analyze engine_events`.execute(t.db);
    await sql`insert into engine_events (update_id, sequence, body)
      select unnest(${removed}::uuid[]), 1, '{}'`.execute(t.db);
    const read = await t.db.transaction().execute(async (db) => {
      await db.deleteFrom("updates").where("id", "in", removed).execute();
      const { rows } = await sql<{ read: number }>`
        select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'engine_events'`.execute(
        db,
      );
      return rows[0]?.read;
    });
    expect(read).toBe(REMOVED);
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from engine_events`.execute(t.db);
    expect(rows[0]?.count).toBe(EVENTS);
  });
});
