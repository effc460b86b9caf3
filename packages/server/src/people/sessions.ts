import { newError } from "@quillon/contract";
import { type Actor, type Ctx, type Tx, transaction, type UserCtx } from "../context.ts";
import { recordOfPerson } from "./token-events.ts";
import { deleteEndedSessions, deleteToken, findActor, insertToken, type NewToken } from "./token-queries.ts";
import { newSessionValue } from "./tokens.ts";
import { findUserId } from "./user-queries.ts";

const SESSION_MS = 12 * 60 * 60 * 1000;

export interface Session {
  /** What the console's cookie carries. It is not stored and can't be shown again. */
  value: string;
  expires: Date;
  actor: Actor;
}

/** Signs the caller in to the console. Their session ends with the token that they call with, if not before. */
export function startSession(ctx: UserCtx): Promise<Session> {
  const { userId, tokenId, tokenExpires } = ctx.actor;
  const longest = new Date(Date.now() + SESSION_MS);
  const expires = tokenExpires && tokenExpires < longest ? tokenExpires : longest;
  return transaction(ctx, (tx) => store(tx, { userId, sessionOf: tokenId, expires }));
}

/**
 * Signs in to the console whom a trusted reverse proxy has signed in.
 *
 * @throws unauthorized when no proxy has named anybody; proxy_login_unknown
 */
export function startProxySession(ctx: Ctx): Promise<Session> {
  const { proxyLogin: login } = ctx;
  if (login === undefined) throw newError("unauthorized", {});
  return transaction(ctx, async (tx) => {
    const userId = await findUserId(tx.db, login);
    if (!userId) throw newError("proxy_login_unknown", { login });
    return store(tx, { userId, sessionOf: null, expires: new Date(Date.now() + SESSION_MS) });
  });
}

type NewSession = Required<Pick<NewToken, "userId" | "sessionOf">> & { expires: Date };

async function store(tx: Tx<Ctx>, session: NewSession): Promise<Session> {
  // Otherwise each sign-in would leave a row for ever.
  await deleteEndedSessions(tx.db, session.userId);
  const value = newSessionValue();
  await insertToken(tx.db, { ...session, token: value, description: "console" });
  const found = await findActor(tx.db, value);
  if (!found) throw newError("unauthorized", {});
  const { actor } = found;
  const description = `${actor.login} signed in to the console`;
  await recordOfPerson({ ...tx, actor }, actor.userId, { event: "Console Sign-in", description });
  return { value, expires: session.expires, actor };
}

/** Signs the caller out of the console. @throws session_not_found when they did not call with a session */
export async function endSession(tx: Tx<UserCtx>): Promise<void> {
  const { userId, login, tokenId, sessionExpires } = tx.actor;
  if (!sessionExpires) throw newError("session_not_found", {});
  if (!(await deleteToken(tx.db, { userId }, tokenId))) return;
  await recordOfPerson(tx, userId, { event: "Console Sign-out", description: `${login} signed out of the console` });
}
