import { type SqlBool, sql } from "kysely";
import type { StackRef } from "../context.ts";
import type { Db } from "../db/open.ts";
import { atMicroseconds, daysAgo, microsecondsOf } from "../db/time.ts";

/** A stack that was removed and can be restored. */
export interface DeletedStack extends StackRef {
  deletedAt: Date;
  /** The login; null for a user who was removed. */
  deletedBy: string | null;
  /** For a cursor: `deletedAt` in microseconds since 1970. */
  at: string;
}

/**
 * Keeps what the row of a stack has that is about to be removed. One whose state is elsewhere is not kept, because there is nothing of it that
 * its next run would not bring.
 *
 * @returns whether it is kept.
 */
export async function keepDeleted(db: Db, stackId: string, deletedBy: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into deleted_stacks (id, organization_id, project, name, tags, data_key, version, last_update_id, lease_epoch,
      created_by, created_at, deleted_by)
    select id, organization_id, project, name, tags, data_key, version, last_update_id, lease_epoch, created_by, created_at, ${deletedBy}
    from stacks where id = ${stackId} and backend is null`.execute(db);
  return numAffectedRows === 1n;
}

/** Makes a stack of one that is kept, which is locked. @returns false when the organization has another stack of that name. */
export async function reinsertStack(db: Db, stackId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into stacks (id, organization_id, project, name, tags, data_key, version, last_update_id, lease_epoch, created_by, created_at)
    select id, organization_id, project, name, tags, data_key, version, last_update_id, lease_epoch, created_by, created_at
    from deleted_stacks where id = ${stackId}
    on conflict do nothing`.execute(db);
  return numAffectedRows === 1n;
}

const isKept = (days: number) => sql<SqlBool>`not expired and deleted_at > ${daysAgo(days)}`;

/** Those of an organization that were removed less than so many days ago, newest first. */
export async function listDeleted(
  db: Db,
  {
    organizationId,
    days,
    after,
    limit,
  }: { organizationId: string; days: number; after: readonly string[] | undefined; limit: number },
): Promise<DeletedStack[]> {
  const [at = "", id = ""] = after ?? [];
  return db
    .selectFrom("deleted_stacks as deleted")
    .leftJoin("users as by", "by.id", "deleted.deleted_by")
    .where("deleted.organization_id", "=", organizationId)
    .where(isKept(days))
    .$if(after !== undefined, (query) =>
      query.where(sql<SqlBool>`(deleted.deleted_at, deleted.id) < (${atMicroseconds(at)}, ${id}::uuid)`),
    )
    .orderBy("deleted.deleted_at", "desc")
    .orderBy("deleted.id", "desc")
    .limit(limit)
    .select([
      "deleted.id",
      "deleted.project",
      "deleted.name",
      "deleted.deleted_at as deletedAt",
      "by.login as deletedBy",
      microsecondsOf(sql.ref("deleted.deleted_at")).as("at"),
    ])
    .execute();
}

/** One of them, locked until the transaction ends. */
export async function lockDeleted(
  db: Db,
  { organizationId, days, id }: { organizationId: string; days: number; id: string },
): Promise<StackRef | undefined> {
  return db
    .selectFrom("deleted_stacks")
    .where("organization_id", "=", organizationId)
    .where("id", "=", id)
    .where(isKept(days))
    .forUpdate()
    .select(["id", "project", "name"])
    .executeTakeFirst();
}

/** One that was removed so many days ago or earlier, locked until the transaction ends. From now on it can't be restored. */
export async function expireDeleted(db: Db, days: number): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    update deleted_stacks set expired = true where id = (
      select id from deleted_stacks where deleted_at <= ${daysAgo(days)} or expired
      order by deleted_at limit 1 for update skip locked
    ) returning id`.execute(db);
  return rows[0]?.id;
}

export async function forgetDeleted(db: Db, id: string): Promise<void> {
  await db.deleteFrom("deleted_stacks").where("id", "=", id).execute();
}
