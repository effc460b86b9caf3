/** The message of an error, with its cause, because `fetch` has the reason of a failed connection only there. */
export function errorMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message || (error.cause as NodeJS.ErrnoException).code : "";
  return !cause || error.message.includes(cause) ? error.message : `${error.message} (${cause})`;
}
