import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/** With which version of the Pulumi CLI each of these stacks was last run, as far as the client said so. */
export async function listClientVersions(
  db: Db,
  stackIds: readonly string[],
): Promise<{ stackId: string; version: string }[]> {
  const { rows } = await sql<{ stackId: string; version: string }>`
    select stack_id as "stackId", version from unnest(${[...stackIds]}::uuid[]) as wanted (stack_id)
    cross join lateral (
      select environment ->> 'pulumi.version' as version from updates
      where updates.stack_id = wanted.stack_id and started_at is not null order by created_at desc limit 1
    ) newest
    where version is not null`.execute(db);
  return rows;
}
