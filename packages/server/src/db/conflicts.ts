import { setTimeout } from "node:timers/promises";
import { hasSqlState, SQLSTATE } from "./sqlstate.ts";

const ATTEMPTS = 5;
/** The longest wait before the second attempt. It is twice as long before each further one. */
const FIRST_WAIT_MS = 20;

/** Whether the database undid a transaction, or one statement, because of others that ran at the same time. */
export function isConflict(error: unknown): boolean {
  return hasSqlState(error, SQLSTATE.deadlock) || hasSqlState(error, SQLSTATE.serializationFailure);
}

/**
 * Does work again that the database undid because of others, a few times. Each attempt waits for a random time first, so that
 * those who met do not meet again.
 *
 * @param work one transaction, or one statement. What it does outside of the database must be harmless to do again.
 * @throws the conflict when the last attempt had one, too.
 */
export async function despiteConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
      await setTimeout(Math.random() * FIRST_WAIT_MS * 2 ** (attempt - 1));
    }
  }
}
