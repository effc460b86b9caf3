import { randomUUID } from "node:crypto";
import type { WebhookFilterName } from "@quillon/contract";
import type { Ctx, OrgCtx, StackRef, Tx } from "../context.ts";
import { send } from "../jobs/index.ts";
import { insertDelivery } from "./delivery-queries.ts";
import { wanted } from "./filters.ts";
import { write } from "./formats/index.ts";
import { deliverJob } from "./job.ts";
import type { Kind, Message } from "./kinds/index.ts";
import { listListeners } from "./webhook-queries.ts";

/** Whose event it is, and who caused it. */
export interface Announcer extends Pick<Ctx, "db" | "log" | "url"> {
  readonly org: Pick<OrgCtx["org"], "id" | "name">;
  /** Not there for what the server does by itself. */
  readonly actor?: { readonly login: string; readonly name: string } | undefined;
  readonly stack?: StackRef | undefined;
}

/**
 * Stores a message for each webhook of the organization, and of the stack, that asks for the event. It takes the transaction of
 * the change that it tells of, so that either both are stored or neither is.
 */
export async function announce<D>(tx: Tx<Announcer>, kind: Kind<D>, data: D): Promise<void> {
  const filters = kind.filters(data);
  if (filters.length === 0) return;
  const owner = { organizationId: tx.org.id, stackId: tx.stack?.id ?? null };
  for (const hook of await listListeners(tx.db, owner)) {
    const asked = wanted(hook, filters);
    const message = asked.length > 0 && messageOf(tx, kind, data, asked);
    if (!message) continue;
    const delivery = randomUUID();
    await insertDelivery(tx.db, {
      id: delivery,
      webhookId: hook.id,
      kind: kind.name(data),
      payload: write(hook.format, message),
      state: "pending",
    });
    await send(tx, deliverJob, { delivery, webhook: hook.id });
  }
}

/** A message that can't be written must not undo the change that it tells of. */
function messageOf<D>(tx: Announcer, kind: Kind<D>, data: D, asked: readonly WebhookFilterName[]): Message | undefined {
  try {
    const { url, org, actor, stack } = tx;
    return kind.message({ url, organization: org.name, user: actor, stack }, data, asked);
  } catch (err) {
    tx.log.error({ err, kind: kind.name(data) }, "a webhook's message could not be written, so it is not sent");
    return undefined;
  }
}
