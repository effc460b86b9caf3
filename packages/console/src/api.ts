import { notifications } from "@mantine/notifications";
import { ApiError, connect } from "@quillon/contract/client";

/** The typed client of this server. The browser adds the session's cookie by itself. */
export const api = connect("", undefined, (message, route) => {
  // What is only read has its warnings on the page, and would tell of them again each time that it is.
  if (!route.startsWith("GET "))
    notifications.show({
      id: message,
      title: "Done, and the server adds",
      message,
      color: "yellow",
      autoClose: 15_000,
    });
});

export const isSignedOut = (error: unknown) => error instanceof ApiError && error.status === 401;

/** What to tell a person of an error. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError) return "The server can't be reached. Check that it runs, then try again.";
  if (error instanceof SyntaxError)
    return "Something between this page and the server answered in its place. Load the page again: you may have to sign in there.";
  return error instanceof Error ? error.message : String(error);
}
