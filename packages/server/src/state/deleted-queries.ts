import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/** Takes the states of a stack that is about to be removed away from it. They stay those of their updates. */
export async function detachStates(db: Db, stackId: string): Promise<void> {
  await db.updateTable("checkpoints").set({ stack_id: null }).where("stack_id", "=", stackId).execute();
}

/** Gives a stack that is restored the states of its updates back. */
export async function attachStates(db: Db, stackId: string): Promise<void> {
  await sql`
    update checkpoints set stack_id = updates.stack_id from updates
    where updates.id = checkpoints.update_id and updates.stack_id = ${stackId}`.execute(db);
}
