import type { Tags } from "@quillon/contract";
import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/** What was settled when an update was created. */
interface Settled {
  /** For `readRecorded`. */
  required: unknown;
  tagSets: Tags[];
}

export async function readSettled(db: Db, updateId: string): Promise<Settled | undefined> {
  return db
    .selectFrom("updates")
    .where("id", "=", updateId)
    .select(["required_policies as required", "tag_sets as tagSets"])
    .executeTakeFirst();
}

/** The sets of tags of the update of the same stack that the same person made before this one. */
export async function readTagSetsBefore(db: Db, updateId: string): Promise<Tags[]> {
  const { rows } = await sql<{ tagSets: Tags[] }>`
    select before.tag_sets as "tagSets"
    from updates this
    join updates before on before.stack_id = this.stack_id and before.requested_by = this.requested_by
      and before.created_at <= this.created_at and before.id <> this.id
    where this.id = ${updateId}::uuid
    order by before.created_at desc limit 1`.execute(db);
  return rows[0]?.tagSets ?? [];
}
