import type { Db } from "../db/open.ts";

export async function insertEvent(
  db: Db,
  entry: {
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
      organization_id: entry.organizationId,
      user_id: entry.userId,
      login: entry.login,
      name: entry.name,
      token_name: entry.tokenName,
      source_ip: entry.sourceIp,
      event: entry.event,
      description: entry.description,
      before: entry.before ?? null,
      after: entry.after ?? null,
    })
    .execute();
}

export interface EventFilter {
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
  /** Empty when it was a person's token. */
  tokenName: string;
  sourceIp: string;
  event: string;
  description: string;
  /** JSON texts. */
  before: string | null;
  after: string | null;
}

/** The newest events that the filter lets through, of those older than `before` when that is given. */
export async function listEvents(
  db: Db,
  organizationId: string,
  page: { filter: EventFilter; before?: string | undefined; limit: number },
): Promise<AuditedEvent[]> {
  const { from, until, event, login } = page.filter;
  return db
    .selectFrom("audit_log")
    .where("organization_id", "=", organizationId)
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
