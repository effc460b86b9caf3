import type { Tags } from "@quillon/contract";
import { type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Renaming } from "./renaming-queries.ts";

export interface LockedStack {
  version: number;
  tags: Tags;
  /** The update that has the stack's lease, even when the lease has expired. */
  holderId: string | null;
  /** While not all of its findings have the URNs of its new names. */
  renaming: Renaming | null;
}

/** Locks the stack: other changes of it wait until the transaction ends. @returns undefined when there is no such stack. */
export async function lockStack(db: Db, stackId: string): Promise<LockedStack | undefined> {
  return db
    .selectFrom("stacks")
    .where("id", "=", stackId)
    .select(["version", "tags", "lease_update_id as holderId", "renaming"])
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/**
 * `lockStack` of many, in the order of their ids, so that two who lock the same ones never wait for each other. Those that were
 * removed come after all others, as where their findings are counted.
 */
export async function lockStacks(db: Db, stackIds: readonly string[]): Promise<void> {
  const wanted = sql`where id = any(${[...stackIds]}::uuid[]) order by id for no key update`;
  await sql`select from stacks ${wanted}`.execute(db);
  await sql`select from removed_stacks ${wanted}`.execute(db);
}

/** Makes removing the stack wait until the transaction ends. @returns false when there is no such stack. */
export async function holdStackRow(db: Db, stackId: string): Promise<boolean> {
  const row = await db.selectFrom("stacks").where("id", "=", stackId).select("id").forKeyShare().executeTakeFirst();
  return row !== undefined;
}

/** Gives an update the stack's lease and its next version. @returns undefined when another update has the lease. */
export async function takeLease(
  db: Db,
  stackId: string,
  updateId: string,
): Promise<{ version: number; epoch: string } | undefined> {
  return db
    .updateTable("stacks")
    .set({
      lease_epoch: sql<string>`lease_epoch + 1`,
      lease_update_id: updateId,
      version: sql<number>`version + 1`,
      last_update_id: updateId,
    })
    .where("id", "=", stackId)
    .where("lease_update_id", "is", null)
    .returning(["version", "lease_epoch as epoch"])
    .executeTakeFirst();
}

/** Takes the lease away from the update, if it has it. From now on nothing that it writes is accepted. */
export function releaseLease(db: Db, stackId: string, updateId: string): Promise<void> {
  return releaseLeases(db, [{ stackId, updateId }]);
}

/** `releaseLease` of many. */
export async function releaseLeases(db: Db, updates: readonly { stackId: string; updateId: string }[]): Promise<void> {
  const [stackIds, updateIds] = [updates.map(({ stackId }) => stackId), updates.map(({ updateId }) => updateId)];
  await db
    .updateTable("stacks")
    .set({ lease_epoch: sql<string>`lease_epoch + 1`, lease_update_id: null })
    .where(sql<SqlBool>`id = any(${stackIds}::uuid[])`)
    .where(sql<SqlBool>`lease_update_id = any(${updateIds}::uuid[])`)
    .execute();
}

/**
 * Gives the stack's next version to an update that is over as soon as it is recorded. The stack must be locked, and no
 * update may hold it.
 *
 * @returns the version.
 */
export async function advanceVersion(db: Db, stackId: string, updateId: string): Promise<number> {
  const { version } = await db
    .updateTable("stacks")
    .set({ version: sql<number>`version + 1`, last_update_id: updateId })
    .where("id", "=", stackId)
    .returning("version")
    .executeTakeFirstOrThrow();
  return version;
}
