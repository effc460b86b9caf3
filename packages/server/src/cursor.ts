import { newError } from "@quillon/contract";

/** The continuation token of a list: the sort key of the last entry that the client was given. */
export function writeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/**
 * @param parts how many texts the sort key has.
 * @returns undefined without a token: the list is read from its start.
 * @throws invalid_input when the token is not one that `writeCursor` made for this list.
 */
export function readCursor(token: string | undefined, parts: number): string[] | undefined {
  if (!token) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(key) && key.length === parts && key.every(isText)) return key;
  } catch {}
  throw newError("invalid_input", {
    where: "continuationToken",
    problem: "it is not one that this server gave out",
  });
}

/** PostgreSQL can't compare with text that holds a NUL character. */
function isText(part: unknown): part is string {
  return typeof part === "string" && !part.includes("\0");
}
