import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/** Takes the updates of a stack that is about to be removed away from it. Those that have not ended can't be continued, so they are removed. */
export async function detachUpdates(db: Db, stackId: string): Promise<void> {
  await db.deleteFrom("updates").where("stack_id", "=", stackId).where("ended_at", "is", null).execute();
  await db
    .updateTable("updates")
    .set({ stack_id: null, deleted_stack_id: stackId })
    .where("stack_id", "=", stackId)
    .execute();
}

/** Gives a stack that is restored its updates back. */
export async function attachUpdates(db: Db, stackId: string): Promise<void> {
  await db
    .updateTable("updates")
    .set({ stack_id: stackId, deleted_stack_id: null })
    .where("deleted_stack_id", "=", stackId)
    .execute();
}

/** Removes updates of a deleted stack for good, with their states, at most so many. @returns how many. */
export async function deleteDetached(db: Db, stackId: string, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from updates where id in (select id from updates where deleted_stack_id = ${stackId} limit ${limit})`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0);
}
