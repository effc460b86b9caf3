import { isUuid, newError } from "@quillon/contract";

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

/** A time in microseconds, or an id. */
const TIME_OR_ID = /^(\d{1,17}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Of a list in the order of time: the time in microseconds since 1970, and the id, of the last entry that the client was given.
 *
 * @throws invalid_input when `writeCursor` did not make the token for such a list.
 */
export function readTimeCursor(token: string | undefined): string[] | undefined {
  const key = readCursor(token, 2, TIME_OR_ID);
  if (key && (isUuid(key[0] ?? "") || !isUuid(key[1] ?? "")))
    throw newError("invalid_input", { problem: "continuation_token" });
  return key;
}

/**
 * A page of a list.
 *
 * @param rows one more than fits, if there is one.
 * @returns the page, and the token of the next one if there is one.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  size: number,
  keyOf: (last: Row) => readonly string[],
): { page: Row[]; continuationToken: string | undefined } {
  const page = rows.slice(0, size);
  const last = rows.length > size ? page.at(-1) : undefined;
  return { page, continuationToken: last && writeCursor(keyOf(last)) };
}
