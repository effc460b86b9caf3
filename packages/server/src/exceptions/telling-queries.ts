import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";

/** An exception that ends soon, or has ended. */
export interface Told {
  organizationId: string;
  number: number;
  pack: string;
  reason: string;
  expiresAt: Date;
  ended: boolean;
  /** As `project/stack`. */
  stacks: string[];
}

/** Marks those that are to be told of now, at most so many. Of several times that have passed only the last is told. */
export async function markTold(db: Db, limit: number): Promise<Told[]> {
  const { rows } = await sql<Told>`
    with due as (
      select id, expires_at, ${NOW} as at from policy_exceptions
      where tell_at <= ${NOW} order by tell_at limit ${limit} for update skip locked
    )
    update policy_exceptions exception set
      tell_at = next_telling(due.expires_at, due.at),
      removed_at = case when due.expires_at <= due.at then due.expires_at end
    from due where exception.id = due.id
    returning exception.organization_id as "organizationId", exception.number, exception.pack, exception.reason,
      exception.expires_at as "expiresAt", due.expires_at <= due.at as ended,
      array(select project || '/' || stack from policy_exception_stacks named
        where named.exception_id = exception.id order by 1) as stacks`.execute(db);
  return rows;
}
