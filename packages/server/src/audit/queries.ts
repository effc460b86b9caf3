import type { AuditEventName } from "@quillon/contract";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { fitting } from "../db/fitting.ts";
import type { Db } from "../db/open.ts";
import { secondsAgo } from "../db/time.ts";

/** In events. Making a statement with more takes the main thread too long. */
const INSERTED_AT_ONCE = 200;

export interface NewAuditEvent {
  organizationId: string;
  /** Null for who is no user, such as the operator. */
  userId: string | null;
  login: string;
  name: string;
  tokenId: string | null;
  tokenName: string;
  /** Empty for what was not done through a request. */
  sourceIp: string;
  event: string;
  description: string;
  before?: string | undefined;
  after?: string | undefined;
}

/** Records events in the audit log of their organization. */
export async function insertAuditEvents(db: Db, events: readonly NewAuditEvent[]): Promise<void> {
  const rows = events.map((event) => ({
    organization_id: event.organizationId,
    user_id: event.userId,
    login: event.login,
    name: event.name,
    token_id: event.tokenId,
    token_name: event.tokenName,
    source_ip: event.sourceIp,
    event: event.event,
    description: event.description,
    before: event.before ?? null,
    after: event.after ?? null,
  }));
  for (let from = 0; from < rows.length; from += INSERTED_AT_ONCE)
    await db
      .insertInto("audit_log")
      .values(rows.slice(from, from + INSERTED_AT_ONCE))
      .execute();
}

/** The id of the newest event that this token has left in this transaction. */
export async function findNewest(
  db: Db,
  { organizationId, tokenId }: Pick<NewAuditEvent, "organizationId" | "tokenId">,
): Promise<string | undefined> {
  const row = await db
    .selectFrom("audit_log")
    .where("organization_id", "=", organizationId)
    .where("token_id", "=", tokenId)
    // Never before the transaction began, so that few are looked at.
    .where("at", ">=", sql<Date>`now()`)
    .where(sql<SqlBool>`audit_log.xmin = pg_current_xact_id()::xid`)
    .orderBy("id", "desc")
    .limit(1)
    .select("id")
    .executeTakeFirst();
  return row?.id;
}

/** Makes others who record the same event of the same token wait until the transaction ends. */
export async function lockEvent(db: Db, { organizationId, tokenId, event, description }: NewAuditEvent): Promise<void> {
  const key = JSON.stringify([organizationId, tokenId, event, description]);
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(db);
}

/** Whether the same token left the same event, with the same description, in the last so many seconds. */
export async function wasJustRecorded(
  db: Db,
  { organizationId, tokenId, event, description }: NewAuditEvent,
  seconds: number,
): Promise<boolean> {
  const row = await db
    .selectFrom("audit_log")
    .where("organization_id", "=", organizationId)
    .where("token_id", "=", tokenId)
    .where("event", "=", event)
    .where("description", "=", description)
    .where("at", ">", secondsAgo(seconds))
    .select("id")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Only events with all of these. `from` is inclusive, `until` is not. */
export interface AuditFilter {
  from?: Date | undefined;
  until?: Date | undefined;
  event?: string | undefined;
  login?: string | undefined;
}

export interface AuditedEvent {
  id: string;
  at: Date;
  login: string;
  name: string;
  /** Null for the operator, and for events that older versions recorded. */
  tokenId: string | null;
  /** Empty for a person's token. */
  tokenName: string;
  sourceIp: string;
  event: string;
  description: string;
  /** JSON texts. */
  before: string | null;
  after: string | null;
}

/** Of what events have before and after, in one list, in bytes. One of them may have mebibytes. */
const LARGEST_LIST = 4 * 1024 * 1024;

type Ordered = { by: "id" | "sequence"; direction: "asc" | "desc"; limit: number };

/** As many of the events that `condition` is true for as fit into a list, and at least one. `found` is how many there are within the limit. */
async function listFitting(
  db: Db,
  condition: RawBuilder<unknown>,
  { by, direction, limit }: Ordered,
): Promise<(AuditedEvent & { sequence: string | null; found: number })[]> {
  const order = sql`${sql.ref(by)} ${sql.raw(direction)}`;
  const rows = sql`
    select id, sequence, octet_length(coalesce(before, '')) + octet_length(coalesce(after, '')) as bytes
    from audit_log where ${condition} order by ${order} limit ${limit}`;
  const { rows: events } = await sql<AuditedEvent & { sequence: string | null; found: number }>`
    with ${fitting({ rows, order, most: LARGEST_LIST })}
    select id, at, login, name, token_id as "tokenId", token_name as "tokenName", source_ip as "sourceIp", event, description,
      before, after, sequence, found
    from fitting join audit_log using (id)
    order by place`.execute(db);
  return events;
}

/**
 * The organization's events that match the filter, newest first: as many as fit into a list. `found` is how many there are within the limit.
 *
 * @param page.before the id of the last event of the page before.
 */
export async function listAuditEvents(
  db: Db,
  page: { organizationId: string; filter: AuditFilter; before?: string | undefined; limit: number },
): Promise<(AuditedEvent & { found: number })[]> {
  const { from, until, event, login } = page.filter;
  const conditions = [
    sql`organization_id = ${page.organizationId}`,
    ...(page.before === undefined ? [] : [sql`id < ${page.before}`]),
    ...(from === undefined ? [] : [sql`at >= ${from}`]),
    ...(until === undefined ? [] : [sql`at < ${until}`]),
    ...(event === undefined ? [] : [sql`event = ${event}`]),
    ...(login === undefined ? [] : [sql`login = ${login}`]),
  ];
  const order = { by: "id", direction: "desc", limit: page.limit } as const;
  return listFitting(db, sql.join(conditions, sql` and `), order);
}

export type EventCount = Awaited<ReturnType<typeof countEvents>>[number];

/** How many of these events there are on each day (UTC). `from` is inclusive, `until` is not. */
export async function countEvents(
  db: Db,
  wanted: { organizationId: string; events: readonly AuditEventName[]; from: Date; until: Date },
) {
  return db
    .selectFrom("audit_log")
    .where("organization_id", "=", wanted.organizationId)
    .where("event", "in", wanted.events)
    .where("at", ">=", wanted.from)
    .where("at", "<", wanted.until)
    .groupBy([sql`1`, "event"])
    .orderBy(sql`1`)
    .orderBy("event")
    .select([
      sql<string>`to_char(at at time zone 'UTC', 'YYYY-MM-DD')`.as("day"),
      "event",
      sql<number>`count(*)::int`.as("count"),
    ])
    .execute();
}

/** An event with its place in the order in which its organization's events are followed. */
export type FollowedEvent = AuditedEvent & { sequence: string };

/** The organization's events after that sequence, in its order: as many as fit into a list. */
export async function listFollowed(
  db: Db,
  { organizationId, after, limit }: { organizationId: string; after: string; limit: number },
): Promise<FollowedEvent[]> {
  const condition = sql`organization_id = ${organizationId} and sequence > ${after}`;
  return (await listFitting(db, condition, { by: "sequence", direction: "asc", limit })) as FollowedEvent[];
}

/** The last sequence that the organization's events have; "0" when they have none. */
export async function readLastSequence(db: Db, organizationId: string): Promise<string> {
  const row = await db
    .selectFrom("audit_log")
    .where("organization_id", "=", organizationId)
    .select(sql<string>`coalesce(max(sequence), 0)::text`.as("last"))
    .executeTakeFirstOrThrow();
  return row.last;
}

/** Makes others who number the organization's events wait until the transaction ends. */
export async function lockNumbering(db: Db, organizationId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`audit log of ${organizationId}`}, 0))`.execute(db);
}

/** Numbers events that have no sequence yet, at most `limit` of them. Only who has `lockNumbering` may call it. */
export async function numberEvents(db: Db, organizationId: string, limit: number): Promise<void> {
  await sql`
    with numbered as (
      select id, row_number() over (order by id) + coalesce(
        (select max(sequence) from audit_log where organization_id = ${organizationId}), 0) as sequence
      from (select id from audit_log where organization_id = ${organizationId} and sequence is null
            order by id limit ${limit}) as next
    )
    update audit_log set sequence = numbered.sequence from numbered where audit_log.id = numbered.id`.execute(db);
}

/** Whether the organization has an event without a sequence. */
export async function hasUnnumbered(db: Db, organizationId: string): Promise<boolean> {
  const row = await db
    .selectFrom("audit_log")
    .where("organization_id", "=", organizationId)
    .where(sql<SqlBool>`sequence is null`)
    .select("id")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
