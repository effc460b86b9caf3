/** Control characters but ends of lines, and those that change the direction of what follows. */
const HIDDEN = /[^\n\P{Cc}]|[\p{Surrogate}\p{Zl}\p{Zp}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{FFFE}\u{FFFF}]/gu;

/** Plain ASCII hides nothing. For what else there is, the expression above takes 8 ms to be compiled, once. */
const REMARKABLE = /[^\n -~]/;

/** A stranger's text in which each of these is marked, because they make a reader, or a terminal, see something else. */
export function visible(text: string): string {
  if (!REMARKABLE.test(text)) return text;
  return text.replace(/\r\n?/g, "\n").replaceAll("\t", " ").replace(HIDDEN, "\u{FFFD}");
}
