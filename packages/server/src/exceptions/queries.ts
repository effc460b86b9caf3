import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";
import type { MatchEntry } from "./exception.ts";
import type { StackOfUrn } from "./urn.ts";

/** Whether an exception counts for an update that is created now. */
export const IS_ACTIVE: RawBuilder<boolean> = sql<boolean>`(exception.removed_at is null
  and (exception.expires_at is null or exception.expires_at > ${NOW}))`;

/** In bytes, what an exception takes besides its text wherever it is sent. */
const FRAME = 200;

/**
 * A stack of these, as `project/stack`, for which there would be too much: its active exceptions and another one with so much text.
 *
 * @param most in bytes, for one stack.
 */
export async function findCrowded(
  db: Db,
  of: { organizationId: string; stacks: readonly StackOfUrn[]; bytes: number; most: number },
): Promise<string | undefined> {
  const { rows } = await sql<{ stack: string }>`
    select named.project || '/' || named.stack as stack
    from json_to_recordset(${JSON.stringify(of.stacks)}::json) as wanted (project text, stack text)
    join policy_exception_stacks named on named.organization_id = ${of.organizationId}
      and named.project = wanted.project and named.stack = wanted.stack
    join policy_exceptions exception on exception.id = named.exception_id and ${IS_ACTIVE}
    group by named.project, named.stack
    having sum(exception.bytes + ${FRAME}::integer) + ${of.bytes + FRAME}::integer > ${of.most}::integer
    order by 1 limit 1`.execute(db);
  return rows[0]?.stack;
}

/** The number of the active exception that was made with such a request. Each applied request makes its own: of several, the one that lasts longest. */
export async function findActive(
  db: Db,
  { organizationId, digest }: { organizationId: string; digest: Buffer },
): Promise<number | undefined> {
  const row = await db
    .selectFrom("policy_exceptions as exception")
    .where("organization_id", "=", organizationId)
    .where("digest", "=", digest)
    .where("removed_at", "is", null)
    .where(IS_ACTIVE)
    // One without an end lasts longer than all others.
    .orderBy("expires_at", (order) => order.desc().nullsFirst())
    .orderBy("number", "desc")
    .limit(1)
    .select("number")
    .executeTakeFirst();
  return row?.number;
}

export interface NewException {
  organizationId: string;
  number: number;
  pack: string;
  policies: readonly string[];
  match: readonly MatchEntry[];
  reason: string;
  digest: Buffer;
  seconds: number | undefined;
  stacks: readonly StackOfUrn[];
  /** Who asked for it; null for somebody who was removed since. */
  userId: string | null;
  /** The request with which it was approved. */
  requestId: string | undefined;
}

/** The organization's rules must be locked. */
export async function insertException(db: Db, exception: NewException): Promise<void> {
  const { organizationId, number, seconds } = exception;
  // Exactly as long as was asked for: its creation is the start of the transaction, too.
  const end = seconds === undefined ? null : sql<Date>`now() + make_interval(secs => ${seconds})`;
  const { id } = await db
    .insertInto("policy_exceptions")
    .values({
      organization_id: organizationId,
      number,
      pack: exception.pack,
      policies: [...exception.policies],
      match: JSON.stringify(exception.match),
      reason: exception.reason,
      digest: exception.digest,
      expires_at: end,
      created_by: exception.userId,
      request_id: exception.requestId ?? null,
      tell_at: end && sql<Date>`next_telling(${end}, now())`,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const stacks = exception.stacks.map((stack) => ({ exception_id: id, organization_id: organizationId, ...stack }));
  await db.insertInto("policy_exception_stacks").values(stacks).execute();
  await db
    .updateTable("exception_rules")
    .set({ last_number: number })
    .where("organization_id", "=", organizationId)
    .execute();
}

/** @returns false when there is no such active exception. */
export async function markRemoved(
  db: Db,
  { organizationId, number, userId }: { organizationId: string; number: number; userId: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("policy_exceptions as exception")
    .set({ removed_at: NOW, removed_by: userId, tell_at: null })
    .where("organization_id", "=", organizationId)
    .where("number", "=", number)
    .where(IS_ACTIVE)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
