/** Which part of a query says where something is. The others say how it is reached, or are secret. */
const PLACES = ["endpoint", "storage_account", "domain", "table"];

/**
 * The URL of a backend as it is compared and stored: without credentials, without what only says how it is reached, and written in
 * one way. Bucket names and paths keep their case.
 *
 * @returns undefined when it is not the URL of a backend.
 */
export function normalBackend(text: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol === "file:" && (url.host !== "" || !url.pathname.startsWith("/"))) return undefined;
  if (url.protocol !== "file:" && url.host === "") return undefined;
  const query = new URLSearchParams();
  for (const name of PLACES)
    for (const value of url.searchParams.getAll(name)) query.append(name, withoutSecrets(value));
  const path = url.pathname.replace(/\/{2,}/g, "/").replace(/\/$/, "");
  const normal = `${url.protocol}//${url.host}${path}${query.size > 0 ? `?${query}` : ""}`;
  return normal.length > LONGEST ? undefined : normal;
}

/** An endpoint may be a URL with a user and a password, and slashes in a password are not always encoded. */
function withoutSecrets(value: string): string {
  const [place = ""] = value.split(/[?#]/);
  return place.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, "$1");
}

/** In characters. It is in an index, whose rows have some 2,700 bytes, with two names. */
const LONGEST = 1_000;
