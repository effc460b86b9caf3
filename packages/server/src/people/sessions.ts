import { newError } from "@quillon/contract";
import { type Actor, type Tx, transaction, type UserCtx } from "../context.ts";
import { recordOfPerson } from "./token-events.ts";
import { deleteToken, insertToken } from "./token-queries.ts";
import { newSessionValue } from "./tokens.ts";

const SESSION_MS = 12 * 60 * 60 * 1000;

export interface Session {
  /** What the console's cookie carries. It is not stored and can't be shown again. */
  value: string;
  expires: Date;
}

/** Signs the caller in to the console. Their session ends with the token that they call with, if not before. */
export function startSession(ctx: UserCtx): Promise<Session> {
  const { userId, login, tokenId } = ctx.actor;
  const expires = endOfSession(ctx.actor);
  return transaction(ctx, async (tx) => {
    const value = newSessionValue();
    await insertToken(tx.db, { userId, token: value, description: "console", expires, sessionOf: tokenId });
    await recordOfPerson(tx, userId, { event: "Console Sign-in", description: `${login} signed in to the console` });
    return { value, expires };
  });
}

function endOfSession({ tokenExpires }: Actor): Date {
  const longest = new Date(Date.now() + SESSION_MS);
  return tokenExpires && tokenExpires < longest ? tokenExpires : longest;
}

/** Signs the caller out of the console. @throws session_not_found when they did not call with a session */
export async function endSession(tx: Tx<UserCtx>): Promise<void> {
  const { userId, login, tokenId, sessionExpires } = tx.actor;
  if (!sessionExpires) throw newError("session_not_found", {});
  if (!(await deleteToken(tx.db, { userId }, tokenId))) return;
  await recordOfPerson(tx, userId, { event: "Console Sign-out", description: `${login} signed out of the console` });
}
