import type { LeaseCtx } from "../context.ts";
import { isUnavailable } from "../db/unavailable.ts";
import { type ListedEvent, withMessage } from "../findings/index.ts";
import { membersOf } from "../json/span.ts";
import { type KnownSecrets, NOTHING_SECRET, type SecretTexts } from "../masking/texts.ts";
import { findMembership, findTokenHolder } from "../people/index.ts";
import { readableKeys } from "../secrets/index.ts";
import { readRevision, readSecretTexts } from "../state/index.ts";
import { maskEvents, mayHaveTexts, readRunning } from "../updates/index.ts";

/** An engine event with the bytes that were sent. */
export type PlacedEvent = ListedEvent & { body: Buffer };

/**
 * The events with `[secret]` in place of what is known to be secret, in the texts and properties of each. While that can't be known,
 * no text of them is kept.
 */
export async function maskSecrets(ctx: LeaseCtx, events: readonly PlacedEvent[]): Promise<readonly PlacedEvent[]> {
  const { texts, isComplete } = await readKnown(ctx, events);
  if (isComplete && !texts.automaton) return events;
  const masked = await maskBodies(ctx, events, isComplete ? texts : undefined);
  return events.map((event, index) => withBody(event, masked.get(index)));
}

async function maskBodies(
  ctx: LeaseCtx,
  events: readonly PlacedEvent[],
  texts: SecretTexts | undefined,
): Promise<Map<number, Buffer>> {
  const bodies = events.map(({ body }) => body);
  if (!texts) return maskEvents(ctx, bodies, undefined);
  try {
    return await maskEvents(ctx, bodies, texts.automaton);
  } catch (err) {
    if (isUnavailable(err)) throw err;
    const update = ctx.lease.updateId;
    ctx.log.error({ err, update }, "secrets could not be looked for in engine events: no text of them is kept");
    return maskEvents(ctx, bodies, undefined);
  }
}

/** In bytes. So much is read of the stack's state for each batch, in the long run: a larger state is not read for every one. */
const READ_FOR_BATCH = 4 * 1024 * 1024;

/** How many batches have come since what is known was out of date. */
const late = new WeakMap<KnownSecrets, number>();

/** What the update's configuration and the stack's state have. The state changes with the update's steps, so it is read again. */
async function readKnown(ctx: LeaseCtx, events: readonly PlacedEvent[]): Promise<KnownSecrets> {
  const { secretTexts, lease } = ctx;
  const known = await secretTexts.get(lease.updateId, () => readTexts(ctx, NOTHING_SECRET));
  if (!events.some(saysMore)) return known;
  const wasRead = known.isComplete || known.revision !== undefined;
  if (wasRead && known.revision === (await readRevision(ctx.db, lease.stackId))) return known;
  const batches = (late.get(known) ?? 0) + 1;
  late.set(known, batches);
  if (known.bytes > batches * READ_FOR_BATCH) return known;
  return secretTexts.renew(lease.updateId, () => readTexts(ctx, known.texts));
}

/** In bytes. A longer event is not looked through, and counts as one that has texts. */
const LONGEST_WITHOUT = 64 * 1024;

/** Whether an event has a text of a program or a pack. The engine itself masks what it knows to be secret in a step's properties. */
function saysMore({ event, body }: PlacedEvent): boolean {
  const step = event.resourcePreEvent ?? event.resOutputsEvent ?? event.resOpFailedEvent;
  if (step ?? event.policyAnalyzeSummaryEvent ?? event.policyAnalyzeStackSummaryEvent) return false;
  return body.length > LONGEST_WITHOUT || mayHaveTexts(body);
}

async function readTexts(ctx: LeaseCtx, before: SecretTexts): Promise<KnownSecrets> {
  const { stackId, updateId } = ctx.lease;
  const running = await readRunning(ctx.db, updateId);
  // What an update sends after its end is refused, and so is what it sends when its token is not there any more.
  const actor = running?.tokenId && (await findTokenHolder(ctx.db, running.tokenId));
  const org = actor && (await findMembership(ctx.db, actor, running.organization));
  if (!org) return { texts: before, isComplete: false, revision: undefined, bytes: 0 };
  const stack = { id: stackId, project: running.project, name: running.stack };
  const keys = await readableKeys({ ...ctx, actor, org, stack });
  return readSecretTexts(ctx, { stackId, config: running.config, keys }, before);
}

/** What is read of an event for its results is not masked, but for a policy's message. */
function withBody(placed: PlacedEvent, body: Buffer | undefined): PlacedEvent {
  if (!body) return placed;
  const { event } = placed;
  const message = membersOf(membersOf(body).get("policyEvent") ?? Buffer.alloc(0)).get("message");
  if (!message) return { ...placed, body };
  const policyEvent = withMessage(event.policyEvent as object, JSON.parse(message.toString("utf8")));
  return { ...placed, body, event: { ...event, policyEvent } };
}
