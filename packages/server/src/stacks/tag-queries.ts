import { sql } from "kysely";
import type { Db } from "../db/open.ts";

export async function upsertTag(
  db: Db,
  stackId: string,
  { name, value }: { name: string; value: string },
): Promise<void> {
  await sql`update stacks set tags = tags || ${JSON.stringify({ [name]: value })}::jsonb where id = ${stackId}`.execute(
    db,
  );
}

/** @returns false when the stack has no such tag. */
export async function deleteTag(db: Db, stackId: string, name: string): Promise<boolean> {
  const { rows } = await sql`
    update stacks set tags = tags - ${name}::text where id = ${stackId} and jsonb_exists(tags, ${name}) returning id`.execute(
    db,
  );
  return rows.length === 1;
}
