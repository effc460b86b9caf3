import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { atMicroseconds, microsecondsOf } from "../db/time.ts";
import type { Person } from "./exception.ts";
import { personIn } from "./person-queries.ts";
import { isLapsed, OPEN_DAYS, type RequestStatus } from "./request-queries.ts";

export interface NewRequestEvent {
  requestId: string;
  step: "made" | "submitted" | "approved" | "unapproved" | "commented" | "closed" | "applied";
  /** Left out where it did not change. */
  before?: RequestStatus;
  after?: RequestStatus;
  comment?: string;
  userId: string;
}

/** Something that happened to a request. */
export interface RequestEventRow {
  /** 0 for `lapsed`, which nobody did: its time was over. */
  number: number;
  step: NewRequestEvent["step"] | "lapsed";
  before: RequestStatus | null;
  after: RequestStatus | null;
  comment: string;
  createdBy: Person | null;
  createdAt: Date;
  /** In microseconds, for the list's order. */
  at: string;
}

/** The request must be new or locked. */
export async function insertRequestEvent(db: Db, event: NewRequestEvent): Promise<void> {
  const { requestId, step, before, after, comment = "", userId } = event;
  await sql`insert into exception_request_events (request_id, number, step, status_before, status_after, comment, created_by)
    values (${requestId}, ${lastNumber(requestId)} + 1, ${step}, ${before ?? null}, ${after ?? null}, ${comment}, ${userId})`.execute(
    db,
  );
}

export async function countRequestEvents(db: Db, requestId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select ${lastNumber(requestId)} as count`.execute(db);
  return rows[0]?.count ?? 0;
}

function lastNumber(requestId: string) {
  return sql`(select coalesce(max(number), 0) from exception_request_events where request_id = ${requestId})`;
}

const lapsedAt = sql`(request.created_at + make_interval(days => ${OPEN_DAYS}))`;

/** Oldest first. @param after the time and number of the last one of the page before. */
export async function listRequestEvents(
  db: Db,
  { requestId, after, limit }: { requestId: string; after: readonly string[] | undefined; limit: number },
): Promise<RequestEventRow[]> {
  const [time = null, last = null] = after ?? [];
  // From the index, whatever came before the page.
  const since = time === null ? sql`` : sql`and (created_at, number) > (${atMicroseconds(time)}, ${last}::bigint)`;
  const { rows } = await sql<RequestEventRow>`
    with happened as (
      (select number, step, status_before, status_after, comment, created_by, created_at
        from exception_request_events where request_id = ${requestId} ${since}
        order by created_at, number limit ${limit})
      union all
      select number, 'lapsed', status, 'closed', '', null, created_at
        from (select 0 as number, request.status, ${lapsedAt} as created_at
          from exception_requests request where request.id = ${requestId} and ${isLapsed}) as lapse
        where true ${since}
    )
    select happened.number, happened.step, happened.status_before as before, happened.status_after as after,
      happened.comment, ${personIn("author")} as "createdBy", happened.created_at as "createdAt", ${microsecondsOf(sql`happened.created_at`)} as at
    from happened left join users author on author.id = happened.created_by
    order by happened.created_at, happened.number limit ${limit}`.execute(db);
  return rows;
}
