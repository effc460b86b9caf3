import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/** In updates. A single one may be an accident, such as a client that lost its network, and two may be its repetition. */
export const TOLD_STREAK = 3;
/** In updates. Who must know of more knows it already. */
export const COUNTED = 100;

/** Updates of a stack in a row whose receipts are incomplete or missing. */
export interface Streak {
  updates: number;
  since: Date;
}

/**
 * The updates without a complete receipt after the stack's last one with it; undefined when there are none. Dry runs and runs
 * that ask no policies are none of them.
 *
 * @param until the update that is taken to be the last one.
 */
export async function readStreak(db: Db, stackId: string, until?: string): Promise<Streak | undefined> {
  const { rows } = await sql<{ updates: number; since: Date | null }>`
    with last as (
      select status, ended_at, row_number() over (order by ended_at desc, update_id desc) as place from receipts
      where stack_id = ${stackId} and kind = 'update' and not dry_run and status <> 'not-applicable'
        and (${until ?? null}::uuid is null or (ended_at, update_id) <= (
          select ended_at, update_id from receipts where update_id = ${until ?? null}::uuid
        ))
      order by ended_at desc, update_id desc limit ${COUNTED}
    )
    select count(*)::int as updates, min(ended_at) as since from last
    where place < coalesce((select min(place) from last where status = 'complete'), ${COUNTED + 1})`.execute(db);
  const [row] = rows;
  return row?.since ? { updates: row.updates, since: row.since } : undefined;
}
