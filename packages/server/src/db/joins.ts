import { sql } from "kysely";
import type { Db } from "./database.ts";

const SLOW = ["enable_nestloop", "enable_mergejoin"];

/**
 * Has `work` join large tables by hash. The database has no statistics of rows that came a moment ago. It expects a few, and
 * compares each with each when there are 10,000 of them: that takes minutes.
 *
 * @param db a transaction, which ends when `work` fails.
 */
export async function joiningByHash<T>(db: Db, work: () => Promise<T>): Promise<T> {
  const choose = (on: boolean) =>
    sql`select set_config(name, ${String(on)}, true) from unnest(${SLOW}::text[]) as name`.execute(db);
  await choose(false);
  const result = await work();
  await choose(true);
  return result;
}
