import { type OrgCtx, transaction } from "../context.ts";
import { type FollowedEvent, hasUnnumbered, listFollowed, lockNumbering, numberEvents } from "./queries.ts";

const PAGE = 100;

/**
 * The next events after that sequence, oldest first, for somebody who wants every event exactly once.
 *
 * The ids of events can't be followed: a transaction takes its id before it commits, so an event can appear after one with a
 * larger id was read. Events get their sequence here instead, when they can be seen by everybody, one reader after another. So a
 * sequence that was given out never gets a predecessor, and there is no gap in them. It is stored, so it outlives a restore into
 * another database.
 */
export async function followAuditLog(ctx: OrgCtx, after: string): Promise<FollowedEvent[]> {
  const wanted = { organizationId: ctx.org.id, after, limit: PAGE };
  const events = await listFollowed(ctx.db, wanted);
  if (events.length === PAGE || !(await hasUnnumbered(ctx.db, ctx.org.id))) return events;
  return transaction(ctx, async ({ db, org }) => {
    await lockNumbering(db, org.id);
    await numberEvents(db, org.id, PAGE);
    return listFollowed(db, wanted);
  });
}
