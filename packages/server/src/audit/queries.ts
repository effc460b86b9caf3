import type { Db } from "../db/open.ts";

export async function insertEvent(
  trx: Db,
  entry: {
    organizationId: string;
    userId: string;
    login: string;
    tokenName: string;
    sourceIp: string;
    event: string;
    description: string;
    before?: string | undefined;
    after?: string | undefined;
  },
): Promise<void> {
  const user = await trx.selectFrom("users").where("id", "=", entry.userId).select("name").executeTakeFirst();
  await trx
    .insertInto("audit_log")
    .values({
      organization_id: entry.organizationId,
      user_id: entry.userId,
      login: entry.login,
      name: user?.name ?? entry.login,
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

/** The newest events that the filter lets through, of those older than `before` when that is given. */
export async function listEvents(
  db: Db,
  organizationId: string,
  page: { filter: EventFilter; before?: string | undefined; limit: number },
) {
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
    .select(["id", "at", "login", "name", "token_name", "source_ip", "event", "description", "before", "after"])
    .execute();
}
