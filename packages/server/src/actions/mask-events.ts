import type { LeaseCtx } from "../context.ts";
import { isUnavailable } from "../db/unavailable.ts";
import type { ListedEvent } from "../findings/index.ts";
import { membersOf } from "../json/span.ts";
import { NOTHING_SECRET, type SecretTexts } from "../masking/texts.ts";
import { findMembership, findTokenHolder } from "../people/index.ts";
import { readableKeys } from "../secrets/index.ts";
import { readSecretTexts } from "../state/index.ts";
import { maskEvents, readRunning } from "../updates/index.ts";

/** An engine event with the bytes that were sent. */
export type PlacedEvent = ListedEvent & { body: Buffer };

/**
 * The events with `[secret]` in place of what is known to be secret, in the texts and properties of each. What the update's
 * configuration and the stack's state have is read once for an update.
 */
export async function maskSecrets(ctx: LeaseCtx, events: readonly PlacedEvent[]): Promise<readonly PlacedEvent[]> {
  const { automaton } = await ctx.secretTexts.get(ctx.lease.updateId, () => readTexts(ctx));
  if (!automaton) return events;
  const bodies = events.map(({ body }) => body);
  try {
    const masked = await maskEvents(ctx, bodies, automaton);
    return events.map((event, index) => withBody(event, masked.get(index)));
  } catch (err) {
    if (isUnavailable(err)) throw err;
    ctx.log.error({ err, update: ctx.lease.updateId }, "the secrets in engine events could not be masked");
    return events;
  }
}

async function readTexts(ctx: LeaseCtx): Promise<SecretTexts> {
  const { stackId, updateId } = ctx.lease;
  const running = await readRunning(ctx.db, updateId);
  // What an update sends after its end is refused, and so is what it sends when its token is not there any more.
  const actor = running?.tokenId && (await findTokenHolder(ctx.db, running.tokenId));
  const org = actor && (await findMembership(ctx.db, actor, running.organization));
  if (!org) return NOTHING_SECRET;
  const stack = { id: stackId, project: running.project, name: running.stack };
  const keys = await readableKeys({ ...ctx, actor, org, stack });
  return readSecretTexts(ctx, { stackId, config: running.config, keys });
}

/** What is read of an event for its results is not masked, but for a policy's message. */
function withBody(placed: PlacedEvent, body: Buffer | undefined): PlacedEvent {
  if (!body) return placed;
  const { event } = placed;
  const message = membersOf(membersOf(body).get("policyEvent") ?? Buffer.alloc(0)).get("message");
  if (!message) return { ...placed, body };
  const policyEvent = { ...(event.policyEvent as object), message: JSON.parse(message.toString("utf8")) };
  return { ...placed, body, event: { ...event, policyEvent } };
}
