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

/** Takes a payload URL, and the parts of it that are credentials, out of a text that an answer has brought. */
export function hideUrl(text: string, url: string): string {
  const { href, pathname, search, username, password } = new URL(url);
  const parts = [url, href, pathname + search, pathname, search, decoded(pathname), username, password];
  const secrets = parts.filter((part) => part.length > 3).sort((a, b) => b.length - a.length);
  return secrets.reduce((shown, part) => shown.replaceAll(part, HIDDEN), text);
}

/** The text without percent-encoding; unchanged when a `%` in it stands for nothing. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
