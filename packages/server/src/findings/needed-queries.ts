import { sql } from "kysely";
import type { Db } from "../db/open.ts";

/** The exceptions that the violations of an update name, each once for each pack. */
export async function listNamed(db: Db, updateId: string): Promise<{ pack: string; id: string }[]> {
  const { rows } = await sql<{ pack: string; id: string }>`
    select distinct report.pack, named ->> 'id' as id
    from policy_reports report cross join jsonb_array_elements(report.exceptions) as named
    where report.update_id = ${updateId} and report.kind = 'violated' and report.exceptions is not null`.execute(db);
  return rows;
}
