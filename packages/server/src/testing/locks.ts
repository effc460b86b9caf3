import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Answer, TestApp } from "./app.ts";

/**
 * Locks a stack until it is released, as only PostgreSQL can: the embedded database has one connection.
 *
 * @param change what is done with it before it is released.
 */
export async function holdStack(
  t: TestApp,
  name: string,
  change: (db: Db) => Promise<unknown> = async () => {},
): Promise<{ release: () => void }> {
  return new Promise((held, fail) => {
    t.db
      .transaction()
      .execute(async (db) => {
        await db.selectFrom("stacks").where("name", "=", name).select("id").forUpdate().execute();
        await change(db);
        await new Promise<void>((release) => held({ release }));
      })
      .catch(fail);
  });
}

/** Waits until that many statements wait for a lock. */
export async function untilWaiting(t: TestApp, count: number): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waiting: number }>`
      select count(distinct pid)::int as waiting from pg_locks
      where not granted and pid in (select pid from pg_stat_activity where datname = current_database())`.execute(t.db);
    if ((rows[0]?.waiting ?? 0) >= count) return;
  }
}

/**
 * A real deadlock, as only PostgreSQL has: the request has locked `its` and waits for `ours`, and we wait for `its`. It is the
 * request that PostgreSQL ends.
 */
export async function deadlock(
  t: TestApp,
  { ours, its }: { ours: RawBuilder<unknown>; its: RawBuilder<unknown> },
  request: () => Promise<Answer>,
): Promise<Answer> {
  const { answer } = await t.db.transaction().execute(async (db) => {
    // Whoever has waited that long looks for a deadlock, and is ended when there is one.
    await sql`set local deadlock_timeout = '1h'`.execute(db);
    await ours.execute(db);
    const answer = request();
    await untilWaiting(t, 1);
    const locked = its.execute(db);
    await untilWaiting(t, 2);
    await locked;
    return { answer };
  });
  return answer;
}
