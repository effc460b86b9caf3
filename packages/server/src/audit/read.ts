import type { OrgCtx } from "../context.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { type AuditedEvent, type AuditFilter, listAuditEvents } from "./queries.ts";

const PAGE = 100;

/** An event's id, which is a bigint. */
const EVENT_ID = /^\d{1,18}$/;

type Continued = AuditFilter & { continuationToken?: string | undefined };

/**
 * One page of the organization's audit log, newest first.
 *
 * @returns the page, and the token of the next one if there is one.
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readAuditLog(
  { db, org }: OrgCtx,
  { continuationToken, ...filter }: Continued,
): Promise<{ events: AuditedEvent[]; continuationToken: string | undefined }> {
  const [before] = readCursor(continuationToken, 1, EVENT_ID) ?? [];
  const rows = await listAuditEvents(db, { organizationId: org.id, filter, before, limit: PAGE + 1 });
  const events = rows.slice(0, PAGE);
  const last = (rows[0]?.found ?? 0) > events.length ? events.at(-1) : undefined;
  return { events, continuationToken: last && writeCursor([last.id]) };
}

/** All events of the audit log that match, newest first. Only one page of them is in memory. @throws invalid_input */
export async function* readWholeAuditLog(ctx: OrgCtx, request: Continued): AsyncGenerator<AuditedEvent> {
  let { continuationToken } = request;
  do {
    const page = await readAuditLog(ctx, { ...request, continuationToken });
    yield* page.events;
    continuationToken = page.continuationToken;
  } while (continuationToken);
}
