import type { Checked } from "@quillon/contract";
import type { Db } from "../db/open.ts";

/** It takes the place of the check before. */
export async function putCheck(
  db: Db,
  { stackId, userId, at, said }: { stackId: string; userId: string; at: Date; said: string },
): Promise<void> {
  const columns = { checked_at: at, checked_by: userId, said };
  await db
    .insertInto("stack_checks")
    .values({ stack_id: stackId, ...columns })
    .onConflict((conflict) => conflict.column("stack_id").doUpdateSet(columns))
    .execute();
}

interface StoredCheck {
  at: Date;
  said: Checked;
  login: string | null;
  name: string | null;
}

export function findCheck(db: Db, stackId: string): Promise<StoredCheck | undefined> {
  return db
    .selectFrom("stack_checks as checked")
    .leftJoin("users", "users.id", "checked.checked_by")
    .where("checked.stack_id", "=", stackId)
    .select(["checked.checked_at as at", "checked.said", "users.login", "users.name"])
    .executeTakeFirst();
}
