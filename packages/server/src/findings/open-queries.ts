import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { worstSeverity } from "./severity.ts";

/** How many findings of each of these stacks have not ended, and the worst severity of them. A stack without any is left out. */
export async function countOpenFindings(
  db: Db,
  stackIds: readonly string[],
): Promise<Map<string, { count: number; severity: string }>> {
  if (stackIds.length === 0) return new Map();
  const { rows } = await sql<{ stackId: string; count: number; severity: string }>`
    select stack_id as "stackId", sum(count)::int as count, ${worstSeverity(sql`severity`)} as severity
    from finding_counts where stack_id = any(${[...stackIds]}::uuid[]) and not closed
    group by stack_id having sum(count) > 0`.execute(db);
  return new Map(rows.map(({ stackId, ...open }) => [stackId, open]));
}
