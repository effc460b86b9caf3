import type { Db } from "../db/open.ts";

/** The stack's key, as wrapped by the master key. */
export async function readDataKey(db: Db, stackId: string): Promise<Buffer | undefined> {
  const row = await db.selectFrom("stacks").where("id", "=", stackId).select("data_key").executeTakeFirst();
  return row?.data_key;
}
