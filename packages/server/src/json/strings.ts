import { endOfString } from "./span.ts";

const QUOTE = 0x22;
const COLON = 0x3a;

interface Found {
  readonly start: number;
  readonly end: number;
  readonly isKey: boolean;
}

/** The strings of a JSON text, in one pass over it. */
function* stringsOf(json: Buffer): Generator<Found> {
  for (let start = json.indexOf(QUOTE); start !== -1; ) {
    const end = endOfString(json, start);
    yield { start, end, isKey: json[afterSpace(json, end)] === COLON };
    start = json.indexOf(QUOTE, end);
  }
}

/**
 * JSON text with other strings in place of some that are values. All else keeps its bytes.
 *
 * @returns `json` itself when no string changes.
 */
export function replaceStrings(json: Buffer, replace: (text: string) => string): Buffer {
  const pieces: Buffer[] = [];
  let done = 0;
  for (const { start, end, isKey } of stringsOf(json)) {
    if (isKey) continue;
    const text = decode(json, start, end);
    const replaced = replace(text);
    if (replaced === text) continue;
    pieces.push(json.subarray(done, start), Buffer.from(JSON.stringify(replaced)));
    done = end;
  }
  return done === 0 ? json : Buffer.concat([...pieces, json.subarray(done)]);
}

/** The strings that are values of members with this key, wherever in the JSON text they are. */
export function* stringsAt(json: Buffer, key: string): Generator<string> {
  const name = Buffer.from(JSON.stringify(key));
  for (let at = json.indexOf(name); at !== -1; at = json.indexOf(name, at + name.length)) {
    const colon = afterSpace(json, at + name.length);
    const start = afterSpace(json, colon + 1);
    if (json[colon] === COLON && json[start] === QUOTE) yield decode(json, start, endOfString(json, start));
  }
}

/** In bytes. */
const PIECE = 4 * 1024 * 1024;

/**
 * The same of a JSON text that comes in pieces. Little more than what is read at once, or the longest string, is in memory.
 *
 * @param least how many bytes are read at once.
 */
export async function* stringsInPieces(
  pieces: AsyncIterable<Buffer>,
  key: string,
  least = PIECE,
): AsyncGenerator<string[]> {
  let waiting: Buffer[] = [];
  let size = 0;
  let rest = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    // A string that is longer than a piece is not looked at again with each one.
    if (size < least + 2 * rest) continue;
    const text = Buffer.concat(waiting);
    const { strings, end } = completeAt(text, key);
    yield strings;
    rest = text.length - end;
    size = rest;
    // A view would keep the whole text.
    waiting = [Buffer.from(text.subarray(end))];
  }
  yield [...stringsAt(Buffer.concat(waiting), key)];
}

/** The strings whose ends are in a part of a JSON text, and from where on the rest of it is to be read with what follows. */
function completeAt(part: Buffer, key: string): { strings: string[]; end: number } {
  const name = Buffer.from(JSON.stringify(key));
  const strings: string[] = [];
  let done = 0;
  for (let at = part.indexOf(name); at !== -1; at = part.indexOf(name, done)) {
    const colon = afterSpace(part, at + name.length);
    const start = afterSpace(part, colon + 1);
    if (start >= part.length) return { strings, end: at };
    if (part[colon] === COLON && part[start] === QUOTE) {
      const end = endOfString(part, start);
      if (end >= part.length) return { strings, end: at };
      strings.push(decode(part, start, end));
    }
    done = at + name.length;
  }
  return { strings, end: Math.max(done, part.length - name.length + 1) };
}

function decode(json: Buffer, start: number, end: number): string {
  return JSON.parse(json.toString("utf8", start, end)) as string;
}

function afterSpace(json: Buffer, start: number): number {
  let at = start;
  while (at < json.length && (json[at] as number) <= 0x20) at += 1;
  return at;
}
