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
  /** The first of its stacks, each as `project/stack`. */
  stacks: string[];
  /** How many it has. */
  stackCount: number;
}

/** Of the stacks of an exception, how many are told: it may have ten thousand, and many may end in one minute. */
const TOLD = 100;

/** Marks those that are to be told of now, at most so many. Of several times that have passed only the last is told. */
export async function markTold(db: Db, limit: number): Promise<Told[]> {
  const { rows } = await sql<Told>`
    with due as (
      select id, expires_at, ${NOW} as at from policy_exceptions
      where tell_at <= ${NOW} order by tell_at limit ${limit} for update skip locked
    )
    update policy_exceptions exception set
      tell_at = next_telling(due.expires_at, due.at),
      removed_at = case when due.expires_at <= due.at then due.expires_at end,
      opening = due.expires_at <= due.at
    from due where exception.id = due.id
    returning exception.organization_id as "organizationId", exception.number, exception.pack, exception.reason,
      exception.expires_at as "expiresAt", due.expires_at <= due.at as ended,
      array(select project || '/' || stack from policy_exception_stacks named
        where named.exception_id = exception.id order by 1 limit ${TOLD}) as stacks,
      (select count(*)::int from policy_exception_stacks named where named.exception_id = exception.id) as "stackCount"`.execute(
    db,
  );
  return rows;
}
