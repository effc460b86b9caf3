/** Control characters but ends of lines, and those that change the direction of what follows. */
const HIDDEN = /[^\n\P{Cc}]|[\p{Surrogate}\p{Zl}\p{Zp}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{FFFE}\u{FFFF}]/gu;

/** A stranger's text in which each of these is marked, because they make a reader, or a terminal, see something else. */
export function visible(text: string): string {
  return text.replace(/\r\n?/g, "\n").replaceAll("\t", " ").replace(HIDDEN, "\u{FFFD}");
}
