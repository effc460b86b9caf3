import { newError } from "@quillon/contract";
import { type OrgCtx, transaction } from "../context.ts";
import {
  type FollowedEvent,
  hasUnnumbered,
  listFollowed,
  lockNumbering,
  numberEvents,
  readLastSequence,
} from "./queries.ts";

const PAGE = 100;

/**
 * The next events after that sequence, oldest first, for somebody who wants every event exactly once.
 *
 * The ids of events can't be followed: a transaction takes its id before it commits, so an event can appear after one with a
 * larger id was read. Events get their sequence here instead, when they can be seen by everybody, one reader after another. So a
 * sequence that was given out never gets a predecessor, and there is no gap in them. It is stored, so it outlives a restore into
 * another database.
 *
 * Old events may have been removed. Who begins gets those that are left.
 *
 * @throws audit_events_removed when events that follow the sequence were removed before they were read; audit_sequence_unknown when
 * no event has had it, as after a restore of an older database, whose next events have sequences that were read before.
 */
export async function followAuditLog(ctx: OrgCtx, after: string): Promise<FollowedEvent[]> {
  const events = await listNext(ctx, { organizationId: ctx.org.id, after, limit: PAGE });
  const [first] = events;
  if (first && after !== "0" && BigInt(first.sequence) > BigInt(after) + 1n)
    throw newError("audit_events_removed", { after, last: String(BigInt(first.sequence) - 1n) });
  if (!first && after !== "0") await requireReached(ctx, after);
  return events;
}

async function requireReached({ db, org }: OrgCtx, after: string): Promise<void> {
  const last = await readLastSequence(db, org.id);
  if (BigInt(last) < BigInt(after)) throw newError("audit_sequence_unknown", { after, last });
}

async function listNext(ctx: OrgCtx, wanted: Parameters<typeof listFollowed>[1]): Promise<FollowedEvent[]> {
  const events = await listFollowed(ctx.db, wanted);
  if (events.length === PAGE || !(await hasUnnumbered(ctx.db, ctx.org.id))) return events;
  return transaction(ctx, async ({ db, org }) => {
    await lockNumbering(db, org.id);
    await numberEvents(db, org.id, PAGE);
    return listFollowed(db, wanted);
  });
}
