/**
 * Finds values inside JSON text without decoding them, so that what a client sent can be kept or passed on unchanged, with
 * its numbers, escapes and order of keys. The text must be valid JSON.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/** A value directly inside an object (with its key) or an array (without): `json[start, end)`. */
export interface Child {
  readonly key: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** The values directly inside an object or array, in order; none for any other value. */
export function* childrenOf(json: Buffer): Generator<Child> {
  let at = skipSpace(json, 0);
  const isObject = json[at] === OPEN_OBJECT;
  if (!isObject && json[at] !== OPEN_ARRAY) return;
  at = skipSpace(json, at + 1);
  while (at < json.length && json[at] !== CLOSE_OBJECT && json[at] !== CLOSE_ARRAY) {
    let key: string | undefined;
    if (isObject) {
      const end = endOfString(json, at);
      key = JSON.parse(json.toString("utf8", at, end)) as string;
      at = skipSpace(json, skipSpace(json, end) + 1);
    }
    const end = endOfValue(json, at);
    yield { key, start: at, end };
    at = skipSpace(json, end);
    if (json[at] === COMMA) at = skipSpace(json, at + 1);
  }
}

/** The members of an object, by key, each as a view of its bytes. Of a repeated key the last counts, as in `JSON.parse`. */
export function membersOf(json: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>();
  for (const { key, start, end } of childrenOf(json))
    if (key !== undefined) members.set(key, json.subarray(start, end));
  return members;
}

/** The elements of an array, each as a view of its bytes. */
export function elementsOf(json: Buffer): Buffer[] {
  return Array.from(childrenOf(json), ({ start, end }) => json.subarray(start, end));
}

function endOfValue(json: Buffer, start: number): number {
  const first = json[start];
  if (first === QUOTE) return endOfString(json, start);
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return endOfNest(json, start);
  let at = start;
  while (at < json.length && !endsScalar(json[at])) at += 1;
  return at;
}

function endOfNest(json: Buffer, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const byte = json[at];
    if (byte === QUOTE) at = endOfString(json, at);
    else {
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1;
      at += 1;
    }
  } while (depth > 0 && at < json.length);
  return at;
}

/** Just after the string that begins at `start`; the end of the text when it does not end. */
export function endOfString(json: Buffer, start: number): number {
  let at = json.indexOf(QUOTE, start + 1);
  while (at !== -1 && isEscaped(json, at)) at = json.indexOf(QUOTE, at + 1);
  return at === -1 ? json.length : at + 1;
}

function isEscaped(json: Buffer, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

function endsScalar(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || isSpace(byte);
}

function skipSpace(json: Buffer, start: number): number {
  let at = start;
  while (at < json.length && isSpace(json[at])) at += 1;
  return at;
}

/** JSON's own white space is the only thing at or below U+0020 outside its strings. */
function isSpace(byte: number | undefined): boolean {
  return byte !== undefined && byte <= SPACE;
}
