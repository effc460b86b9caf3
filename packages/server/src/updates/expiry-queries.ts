import type { Db } from "../db/open.ts";
import { NOW, secondsAgo } from "../db/time.ts";

/**
 * The CLI starts an update as soon as it is created. Later it can't be started: it would run what was required then.
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/backend.go#L1555
 */
export const STARTED_WITHIN_SECONDS = 15 * 60;

/** Ends the update as failed if its lease has expired. @returns whether it did. */
export async function failIfExpired(db: Db, updateId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("updates")
    .set({ status: "failed", ended_at: NOW, lease_expires_at: null })
    .where("id", "=", updateId)
    .where("status", "=", "running")
    .where("lease_expires_at", "<=", NOW)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Real updates whose lease has expired. */
export async function listExpired(db: Db): Promise<{ updateId: string; stackId: string }[]> {
  return db
    .selectFrom("updates")
    .where("status", "=", "running")
    .where("dry_run", "=", false)
    .where("lease_expires_at", "<=", NOW)
    .select(["id as updateId", "stack_id as stackId"])
    .execute();
}

/** Ends dry runs whose lease has expired. They hold no stack, so there is nothing else to do. */
export async function failExpiredDryRuns(db: Db): Promise<void> {
  await db
    .updateTable("updates")
    .set({ status: "failed", ended_at: NOW, lease_expires_at: null })
    .where("id", "in", (of) =>
      of
        .selectFrom("updates")
        .where("status", "=", "running")
        .where("dry_run", "=", true)
        .where("lease_expires_at", "<=", NOW)
        .select("id")
        .forUpdate()
        .skipLocked(),
    )
    .execute();
}

export async function deleteNeverStarted(db: Db): Promise<void> {
  await db
    .deleteFrom("updates")
    .where("status", "=", "not-started")
    .where("created_at", "<", secondsAgo(STARTED_WITHIN_SECONDS))
    .execute();
}
