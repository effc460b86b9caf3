/** An error as one sentence for whoever typed the command; fetch hides why it could not connect in its cause. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause instanceof Error ? ` (${error.cause.message || (error.cause as NodeJS.ErrnoException).code})` : "";
  return `${error.message}${cause}`;
}
