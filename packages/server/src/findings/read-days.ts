import { type AuditEventName, newError } from "@quillon/contract";
import { countEvents, type EventCount } from "../audit/index.ts";
import type { OrgCtx } from "../context.ts";
import { listDays, listResourceDays, type ResourceDay, type ScoredDay } from "./day-queries.ts";

const MOST_DAYS = 400;
const USUAL_DAYS = 30;
const DAY_MS = 86_400_000;

/** What changes which policies count. */
const policyChanges: AuditEventName[] = [
  "Policy Pack Published",
  "Policy Pack Version Removed",
  "Policy Pack Removed",
  "Policy Group Created",
  "Policy Group Updated",
  "Policy Group Removed",
];
/** What changes which stacks count. Only admins are told, because others may not know of every stack. */
const stackChanges: AuditEventName[] = [
  "Stack Created",
  "Stack Renamed",
  "Stack Moved",
  "Stack Removed",
  "Stack Restored",
];

/**
 * The scores of the days from `from` to `until`, as they were when each day began (UTC), and how often each day something was
 * changed that scores depend on.
 *
 * @throws invalid_input for what are not two days in their order, with at most 400 days between them.
 */
export async function readDays(
  { db, actor, org }: OrgCtx,
  wanted: { from?: string | undefined; until?: string | undefined },
): Promise<{ days: ScoredDay[]; resources: ResourceDay[]; changes: EventCount[] }> {
  const until = dayOf(wanted.until ?? new Date().toISOString().slice(0, 10));
  const from = wanted.from ? dayOf(wanted.from) : new Date(until.getTime() - (USUAL_DAYS - 1) * DAY_MS);
  const length = (until.getTime() - from.getTime()) / DAY_MS;
  if (!(length >= 0 && length <= MOST_DAYS)) throw newError("invalid_input", { problem: "days", limit: MOST_DAYS });
  const admin = org.role === "admin";
  const wish = { actor, organizationId: org.id, from: textOf(from), until: textOf(until), removed: admin };
  const days = await listDays(db, wish);
  const resources = await listResourceDays(db, wish);
  const changes = await countEvents(db, {
    organizationId: org.id,
    events: admin ? [...policyChanges, ...stackChanges] : policyChanges,
    from,
    until: new Date(until.getTime() + DAY_MS),
  });
  return { days, resources, changes };
}

const textOf = (day: Date) => day.toISOString().slice(0, 10);

/** A day that is not in the calendar is none. */
function dayOf(text: string): Date {
  const day = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : Number.NaN);
  return Number.isNaN(day.getTime()) || textOf(day) !== text ? new Date(Number.NaN) : day;
}
