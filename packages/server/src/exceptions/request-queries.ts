import { sql } from "kysely";
import { fitting } from "../db/fitting.ts";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";
import type { Wish } from "./check.ts";
import type { MatchEntry, Person } from "./exception.ts";
import { personIn } from "./person-queries.ts";

export type RequestStatus = "draft" | "pending" | "ready" | "applied" | "closed";

/** An exception that somebody asks for. */
export interface ExceptionRequestRow {
  id: string;
  pack: string;
  match: MatchEntry[];
  reason: string;
  seconds: number | null;
  /** One that was not applied for too long is closed. */
  status: RequestStatus;
  lapsed: boolean;
  description: string;
  authorId: string | null;
  createdBy: Person | null;
  createdAt: Date;
  /** Null when nobody has approved it, or a user who was removed. */
  approverId: string | null;
  approvedBy: Person | null;
  approvedAt: Date | null;
  approvalComment: string | null;
  closedBy: Person | null;
  closedAt: Date | null;
  closeComment: string | null;
  /** The number of the exception that it became. */
  exception: number | null;
  /** In microseconds, for the list's order. */
  at: string;
  /** How many there are within the limit, of which only as many are listed as fit. */
  found: number;
}

/** Of the entries and texts in one list, in bytes. A request may have a mebibyte. */
const LARGEST_LIST = 2 * 1024 * 1024;

/** In days. What was asked for longer ago may not be what is needed. */
export const OPEN_DAYS = 30;

/** Whether a row of `request` is closed because it was made too long ago. */
export const isLapsed = sql<boolean>`(request.status in ('draft', 'pending', 'ready')
  and request.created_at <= ${NOW} - make_interval(days => ${OPEN_DAYS}))`;
const shownStatus = sql<RequestStatus>`case when ${isLapsed} then 'closed' else request.status end`;
const at = sql`(extract(epoch from request.created_at) * 1000000)::bigint`;

export interface RequestFilter {
  organizationId: string;
  id?: string | undefined;
  /** Only those that this user has made. */
  authorId?: string | undefined;
  status?: RequestStatus | undefined;
  digest?: Buffer | undefined;
  /** Only those that are not applied or closed. */
  open?: boolean;
  /** The time and id of the last one of the page before. */
  after?: readonly string[] | undefined;
  limit: number;
}

/** Newest first; as many as fit into a list, and at least one. */
export async function listRequests(db: Db, filter: RequestFilter): Promise<ExceptionRequestRow[]> {
  const { organizationId, id, authorId, status, digest, open = false, after, limit } = filter;
  const [time = null, last = null] = after ?? [];
  const rows = sql`
    select request.id, ${at} as at, request.bytes
    from exception_requests request
    where request.organization_id = ${organizationId}
      and (${id ?? null}::uuid is null or request.id = ${id ?? null}::uuid)
      and (${authorId ?? null}::uuid is null or request.created_by = ${authorId ?? null}::uuid)
      and (${status ?? null}::text is null or ${shownStatus} = ${status ?? null}::text)
      and (${digest ?? null}::bytea is null or request.digest = ${digest ?? null}::bytea)
      and (not ${open}::boolean or ${shownStatus} in ('draft', 'pending', 'ready'))
      and (${time}::bigint is null or (${at}, request.id) < (${time}::bigint, ${last}::uuid))
    order by ${at} desc, request.id desc limit ${limit}`;
  const { rows: requests } = await sql<ExceptionRequestRow>`
    with ${fitting({ rows, order: sql`at desc, id desc`, most: LARGEST_LIST })}
    select request.id, request.pack, request.match, request.reason, request.seconds, ${shownStatus} as status,
      ${isLapsed} as lapsed, request.description, request.created_by as "authorId", request.created_at as "createdAt",
      ${personIn("author")} as "createdBy", ${personIn("approver")} as "approvedBy", ${personIn("closer")} as "closedBy",
      request.approved_by as "approverId", request.approved_at as "approvedAt", request.approval_comment as "approvalComment",
      request.closed_at as "closedAt", request.close_comment as "closeComment",
      exception.number as exception, ${at}::text as at, fitting.found
    from fitting join exception_requests request using (id)
    left join users author on author.id = request.created_by
    left join users approver on approver.id = request.approved_by
    left join users closer on closer.id = request.closed_by
    left join policy_exceptions exception on exception.request_id = request.id
    order by place`.execute(db);
  return requests;
}

export async function insertRequest(
  db: Db,
  { organizationId, wish, digest, userId }: { organizationId: string; wish: Wish; digest: Buffer; userId: string },
): Promise<string> {
  const { id } = await db
    .insertInto("exception_requests")
    .values({
      organization_id: organizationId,
      pack: wish.pack,
      match: JSON.stringify(wish.match),
      reason: wish.reason,
      seconds: wish.seconds ?? null,
      digest,
      created_by: userId,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Makes other changes of the request wait until the transaction ends. */
export async function lockRequest(db: Db, id: string): Promise<void> {
  await db.selectFrom("exception_requests").where("id", "=", id).select("id").forUpdate().execute();
}

export interface Lapsed {
  id: string;
  organizationId: string;
  pack: string;
}

/** Marks requests that have lapsed as recorded, at most so many, the oldest first. */
export async function markLapsed(db: Db, limit: number): Promise<Lapsed[]> {
  const { rows } = await sql<Lapsed>`
    update exception_requests set lapse_recorded = true
    where id in (
      select id from exception_requests request where ${isLapsed} and not lapse_recorded
      order by created_at limit ${limit} for update skip locked
    )
    returning id, organization_id as "organizationId", pack`.execute(db);
  return rows;
}

export interface RequestChange {
  status: RequestStatus;
  description?: string | undefined;
  /** Who has approved it; null to take an approval back. */
  approval?: { userId: string; comment: string } | null;
  close?: { userId: string; comment: string };
}

export async function setRequest(db: Db, id: string, change: RequestChange): Promise<void> {
  const { status, description, approval, close } = change;
  await db
    .updateTable("exception_requests")
    .set({
      status,
      ...(description !== undefined && { description }),
      ...(approval !== undefined && {
        approved_by: approval?.userId ?? null,
        approved_at: approval ? NOW : null,
        approval_comment: approval?.comment ?? null,
      }),
      ...(close && { closed_by: close.userId, closed_at: NOW, close_comment: close.comment }),
    })
    .where("id", "=", id)
    .execute();
}
