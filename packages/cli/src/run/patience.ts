import { ApiError, type Client, UNKNOWN } from "@quillon/contract/client";

/** How long a server is waited for where the command can do without its answer. */
export const PATIENCE_MS = 10_000;

/** How long it is waited for where the command can't. */
export const LONGEST_MS = 60_000;

/** A client that waits no longer than that for an answer. @param ms for each request. @param stop ends the wait before. */
export function patient(client: Client, ms = PATIENCE_MS, stop?: AbortSignal): Client {
  return {
    ...client,
    async call(route, input) {
      const limit = AbortSignal.timeout(ms);
      const signal = AbortSignal.any([limit, input.signal, stop].filter((one) => one !== undefined));
      try {
        return await client.call(route, { ...input, signal });
      } catch (error) {
        if (limit.aborted) throw new Error(`Quillon has not answered for ${ms / 1000} seconds.`, { cause: error });
        throw error;
      }
    },
  };
}

const PASSING_STATUS = [408, 429];
const PASSING_ID = [UNKNOWN, "body_incomplete"];

/** Whether the server refuses what was asked. After any other error, also that of a proxy before it, it may answer another time. */
export function isRefusal(error: unknown): error is ApiError {
  if (!(error instanceof ApiError) || error.status >= 500) return false;
  return !PASSING_STATUS.includes(error.status) && !PASSING_ID.includes(error.id);
}
