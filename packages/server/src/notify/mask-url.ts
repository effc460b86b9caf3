/** Stands for all that is not shown of a payload URL. */
const HIDDEN = "…";

/** Scheme and host of a payload URL. The rest is a credential: whoever has it may send messages. */
export function maskUrl(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}/${HIDDEN}`;
}

/** Also when a client has encoded it. */
export function isMasked(url: string): boolean {
  return /(…|%E2%80%A6)$/i.test(url);
}

/** A shorter part of a path or of a query may be a word. In characters. */
const KEY = 12;

/**
 * Takes a payload URL, and the parts of it that are credentials, out of a text that an answer has brought: also where the answer has
 * written it in another way, because what is between slashes and in values is mostly the same in all of them.
 */
export function hideUrl(text: string, url: string): string {
  const { href, pathname, search, searchParams, username, password } = new URL(url);
  const keys = [...pathname.split("/"), ...searchParams.values()].filter((part) => part.length >= KEY);
  const parts = [url, href, pathname + search, pathname, search, username, password, loginOf(url) ?? "", ...keys];
  const secrets = parts
    .flatMap((part) => [part, decoded(part), encodeURIComponent(part)])
    .filter((part) => part.length > 3);
  return secrets.sort((a, b) => b.length - a.length).reduce((shown, part) => shown.replaceAll(part, HIDDEN), text);
}

/** The user and password of a URL, as a browser sends them: in base64. */
export function loginOf(url: string): string | undefined {
  const { username, password } = new URL(url);
  if (!username && !password) return undefined;
  return Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64");
}

/** The text without percent-encoding; unchanged when a `%` in it stands for nothing. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
