import { ApiError, type Client } from "@quillon/contract/client";

/** How long a server is waited for where the command can do without its answer. */
export const PATIENCE_MS = 10_000;

/** A client that waits no longer than that for an answer. */
export function patient(client: Client): Client {
  return {
    ...client,
    call: (route, input) => client.call(route, { signal: AbortSignal.timeout(PATIENCE_MS), ...input }),
  };
}

/** Whether the server refuses what was asked. After any other error it may answer another time. */
export function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status < 500;
}
