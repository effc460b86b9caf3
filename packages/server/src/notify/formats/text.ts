/** Control characters but line feeds, which may change how a text is shown. Also those that change its direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSHOWN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A stranger's text, cut to so many characters, without those that can't be seen. */
export function plain(text: string, longest: number): string {
  const shown = wellFormed(text.replace(UNSHOWN, " "));
  return shown.length <= longest ? shown : `${wellFormed(shown.slice(0, longest - 1))}…`;
}

/** PostgreSQL stores no NUL and no half of a surrogate pair. */
export function wellFormed(text: string): string {
  return Buffer.from(text.replaceAll("\0", "")).toString();
}
