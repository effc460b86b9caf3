/**
 * A text as a reader of JSON reads what is written in it. A property often holds others as JSON, and each language has escapes of its
 * own: Go writes `&` as `\u0026`, Python `é` as `\u00e9`, and PHP `/` as `\/`.
 */
export interface View {
  readonly text: string;
  /** For each character of `text`, where in the whole text it begins, and at last where that ends. */
  readonly places: Uint32Array;
}

/** JSON in JSON, as where a string of a JSON text is JSON, too. */
const MOST_DEPTH = 3;
/** In characters. A view needs some ten times as many bytes. */
const LONGEST = 16_000_000;

const BACKSLASH = 0x5c;
const UNICODE = 0x75;
const SHORT = new Map(
  Object.entries({ '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }).map(
    ([written, meant]) => [written.charCodeAt(0), meant.charCodeAt(0)],
  ),
);

/** Whether a text has escapes, and is too long to be read without them. */
export function isTooLong(text: string): boolean {
  return text.length > LONGEST && text.includes("\\");
}

/** The text without its escapes, then without those that are left, and so on. None for a text that has no escape or is too long. */
export function* viewsOf(whole: string): Generator<View> {
  if (whole.length > LONGEST || !whole.includes("\\")) return;
  let view: View = { text: whole, places: Uint32Array.from({ length: whole.length + 1 }, (_, at) => at) };
  for (let depth = 0; depth < MOST_DEPTH; depth++) {
    const next = withoutEscapes(view);
    if (next.text.length === view.text.length) return;
    yield next;
    view = next;
  }
}

function withoutEscapes({ text, places: before }: View): View {
  const chars = new Uint16Array(text.length);
  const places = new Uint32Array(text.length + 1);
  let size = 0;
  for (let at = 0; at < text.length; ) {
    const { char, length } = readAt(text, at);
    chars[size] = char;
    places[size] = before[at] as number;
    size += 1;
    at += length;
  }
  places[size] = before[text.length] as number;
  return {
    text: Buffer.from(chars.buffer, 0, 2 * size).toString("utf16le"),
    places: places.subarray(0, size + 1),
  };
}

/** The character that is written there, and by how many. */
function readAt(text: string, at: number): { char: number; length: number } {
  const first = text.charCodeAt(at);
  if (first !== BACKSLASH) return { char: first, length: 1 };
  const second = text.charCodeAt(at + 1);
  const short = SHORT.get(second);
  if (short !== undefined) return { char: short, length: 2 };
  const code = second === UNICODE ? text.slice(at + 2, at + 6) : "";
  return /^[\da-f]{4}$/i.test(code) ? { char: Number.parseInt(code, 16), length: 6 } : { char: first, length: 1 };
}
