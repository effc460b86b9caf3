import { ApiError, connect } from "@quillon/contract/client";

/** The typed client of this server. The browser adds the session's cookie by itself. */
export const api = connect("");

export const isSignedOut = (error: unknown) => error instanceof ApiError && error.status === 401;

/** What to tell a person of an error. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError) return "The server can't be reached. Check that it runs, then try again.";
  return String(error);
}
