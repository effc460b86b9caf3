import { newError } from "@quillon/contract";

/** Any text but one with a NUL character, because PostgreSQL can't compare with that. */
const ANY_TEXT = /^[^\0]*$/;

/** The continuation token of a list: the sort key of the last entry that the client was given. */
export function writeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/**
 * @param parts how many texts the sort key has.
 * @param form what each of them must match.
 * @returns undefined without a token, when the list is read from its start.
 * @throws invalid_input when `writeCursor` did not make the token for this list.
 */
export function readCursor(token: string | undefined, parts: number, form = ANY_TEXT): string[] | undefined {
  if (!token) return undefined;
  const isPart = (part: unknown): part is string => typeof part === "string" && form.test(part);
  try {
    const key: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(key) && key.length === parts && key.every(isPart)) return key;
  } catch {}
  throw newError("invalid_input", { problem: "continuation_token" });
}
