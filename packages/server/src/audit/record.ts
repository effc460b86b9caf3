import type { AuditEventName } from "@quillon/contract";
import { type Actor, type Ctx, type Tx, transaction } from "../context.ts";
import { findNewest, insertAuditEvents, lockEvent, type NewAuditEvent, wasJustRecorded } from "./queries.ts";

/** Where an event is recorded, who caused it, and from where. */
export interface Recorder extends Pick<Ctx, "db"> {
  readonly org: { readonly id: string };
  /** The operator is no user and has no token. */
  readonly actor: Pick<Actor, "login" | "name" | "tokenName"> & {
    readonly userId: string | null;
    readonly tokenId: string | null;
  };
  readonly ip: string;
}

/** Who runs the server's own commands, without a token or a request. */
export const OPERATOR: Pick<Recorder, "actor" | "ip"> = {
  actor: { userId: null, login: "operator", name: "the operator of the server", tokenId: null, tokenName: "" },
  ip: "",
};

/** What the server does by itself when its time has come. */
export const SERVER: Pick<Recorder, "actor" | "ip"> = {
  actor: { userId: null, login: "server", name: "the server itself", tokenId: null, tokenName: "" },
  ip: "",
};

export interface AuditEvent {
  event: AuditEventName;
  /** One sentence for people, without a full stop. */
  description: string;
  /** What it was before and after, as JSON texts. They must not hold secrets. */
  before?: string | undefined;
  after?: string | undefined;
}

/**
 * Records in the organization's audit log what the caller has changed. It takes the transaction of the change, so that
 * either both are stored or neither is.
 */
export async function recordAudit(tx: Tx<Recorder>, event: AuditEvent): Promise<void> {
  await recordAll(tx, [event]);
}

/** Like `recordAudit`, for many at once. */
export async function recordAll(tx: Tx<Recorder>, events: readonly AuditEvent[]): Promise<void> {
  await insertAuditEvents(
    tx.db,
    events.map((event) => rowOf(tx, event)),
  );
}

/** The id of the event that the caller has recorded last in this transaction, for what is linked to it. */
export function findRecorded({ db, org, actor }: Tx<Recorder>): Promise<string | undefined> {
  return findNewest(db, { organizationId: org.id, tokenId: actor.tokenId });
}

const ONCE_IN_SECONDS = 60;

/**
 * Records what changes nothing and may come often: a refusal, or that something secret was read. The same event of the same
 * token with the same description is recorded once in a minute, so that the log stays readable and nobody can fill the
 * database. What a caller who has no right to the thing can choose freely must not be in the
 * description.
 */
export async function recordOnce(recorder: Recorder, event: AuditEvent): Promise<void> {
  const row = rowOf(recorder, event);
  if (await wasJustRecorded(recorder.db, row, ONCE_IN_SECONDS)) return;
  // Requests at the same time have all found nothing yet, so each looks again when the one before it is done.
  await transaction(recorder, async ({ db }) => {
    await lockEvent(db, row);
    if (!(await wasJustRecorded(db, row, ONCE_IN_SECONDS))) await insertAuditEvents(db, [row]);
  });
}

function rowOf({ org, actor, ip }: Recorder, event: AuditEvent): NewAuditEvent {
  const { userId, login, name, tokenId, tokenName } = actor;
  return { organizationId: org.id, userId, login, name, tokenId, tokenName, sourceIp: ip, ...event };
}
