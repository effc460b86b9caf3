import type { NotNull } from "kysely";
import type { StackRef } from "../context.ts";
import type { Db } from "../db/open.ts";

/** A change of a stack's names that not all of its findings have in their URNs yet. */
export interface Renaming {
  /** Differs from that of any other change. */
  id: string;
  stack: string;
  /** Only when it has changed. */
  project?: string | undefined;
}

/** The stack must be locked. */
export async function setRenaming(db: Db, stackId: string, renaming: Renaming | null): Promise<void> {
  await db
    .updateTable("stacks")
    .set({ renaming: renaming && JSON.stringify(renaming) })
    .where("id", "=", stackId)
    .execute();
}

export async function listRenaming(db: Db): Promise<{ id: string; renaming: Renaming }[]> {
  return db
    .selectFrom("stacks")
    .where("renaming", "is not", null)
    .select(["id", "renaming"])
    .$narrowType<{ renaming: NotNull }>()
    .execute();
}

/** With the names that it has by now. */
export async function readRenamed(
  db: Db,
  stackId: string,
): Promise<(StackRef & { organizationId: string }) | undefined> {
  return db
    .selectFrom("stacks")
    .where("id", "=", stackId)
    .select(["id", "project", "name", "organization_id as organizationId"])
    .executeTakeFirst();
}
