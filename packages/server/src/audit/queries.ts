import type { Db } from "../db/open.ts";

/** Records an event in the organization's audit log. */
export async function insertAuditEvent(
  db: Db,
  event: {
    organizationId: string;
    userId: string;
    login: string;
    name: string;
    tokenName: string;
    sourceIp: string;
    event: string;
    description: string;
    before?: string | undefined;
    after?: string | undefined;
  },
): Promise<void> {
  await db
    .insertInto("audit_log")
    .values({
      organization_id: event.organizationId,
      user_id: event.userId,
      login: event.login,
      name: event.name,
      token_name: event.tokenName,
      source_ip: event.sourceIp,
      event: event.event,
      description: event.description,
      before: event.before ?? null,
      after: event.after ?? null,
    })
    .execute();
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
  /** Empty for a person's token. */
  tokenName: string;
  sourceIp: string;
  event: string;
  description: string;
  /** JSON texts. */
  before: string | null;
  after: string | null;
}

/**
 * The organization's events that match the filter, newest first.
 *
 * @param page.before the id of the last event of the page before.
 */
export async function listAuditEvents(
  db: Db,
  page: { organizationId: string; filter: AuditFilter; before?: string | undefined; limit: number },
): Promise<AuditedEvent[]> {
  const { from, until, event, login } = page.filter;
  return db
    .selectFrom("audit_log")
    .where("organization_id", "=", page.organizationId)
    .$if(page.before !== undefined, (query) => query.where("id", "<", page.before ?? ""))
    .$if(from !== undefined, (query) => query.where("at", ">=", from ?? new Date()))
    .$if(until !== undefined, (query) => query.where("at", "<", until ?? new Date()))
    .$if(event !== undefined, (query) => query.where("event", "=", event ?? ""))
    .$if(login !== undefined, (query) => query.where("login", "=", login ?? ""))
    .orderBy("id", "desc")
    .limit(page.limit)
    .select([
      "id",
      "at",
      "login",
      "name",
      "token_name as tokenName",
      "source_ip as sourceIp",
      "event",
      "description",
      "before",
      "after",
    ])
    .execute();
}
