/**
 * The message of an error, with its cause, because `fetch` has the reason of a failed connection only there. What the server says of a wrong
 * access token is Pulumi's sentence, which does not say what to do.
 */
export function errorMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Not by its class, because each command would load the client for it.
  if (error.name === "ApiError" && (error as { id?: unknown }).id === "unauthorized")
    return `${error.message} Log in with a valid access token: quillon login URL, or QUILLON_TOKEN. \`quillon doctor\` says which server was asked.`;
  const ofSystem = systemMessage(error);
  if (ofSystem !== undefined) return ofSystem;
  const cause = error.cause instanceof Error ? error.cause.message || (error.cause as NodeJS.ErrnoException).code : "";
  return !cause || error.message.includes(cause) ? error.message : `${error.message} (${cause})`;
}

const DONE: Readonly<Record<string, string>> = { open: "opened", scandir: "listed", mkdir: "made", mkdtemp: "made" };

/** What Node.js says as `EACCES: permission denied, open '/a/b'` when a file or a folder is in the way, as a sentence. */
function systemMessage({ message, syscall = "", path }: NodeJS.ErrnoException): string | undefined {
  const [, why] = /^E[A-Z]+: (.+), \w+ '.*'$/s.exec(message) ?? [];
  return why && path ? `${path} can't be ${DONE[syscall] ?? "used"}: ${why}` : undefined;
}
