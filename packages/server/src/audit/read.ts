import { newError } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { type AuditedEvent, type EventFilter, listEvents } from "./queries.ts";

const PAGE = 100;

/**
 * One page of the organization's audit log, newest first.
 *
 * @returns the page, and the token of the next one if there is one.
 * @throws invalid_input for a token that was not given out.
 */
export async function readAuditLog(
  ctx: OrgCtx,
  { continuationToken, ...filter }: EventFilter & { continuationToken?: string | undefined },
): Promise<{ events: AuditedEvent[]; continuationToken: string | undefined }> {
  const [before] = readCursor(continuationToken, 1) ?? [];
  if (before !== undefined && !/^\d{1,18}$/.test(before)) {
    throw newError("invalid_input", {
      where: "continuationToken",
      problem: "it is not one that this server gave out",
    });
  }
  const rows = await listEvents(ctx.db, ctx.org.id, { filter, before, limit: PAGE + 1 });
  const events = rows.slice(0, PAGE);
  const last = rows.length > PAGE ? events.at(-1) : undefined;
  return { events, continuationToken: last && writeCursor([last.id]) };
}
