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

function decode(json: Buffer, start: number, end: number): string {
  return JSON.parse(json.toString("utf8", start, end)) as string;
}

function afterSpace(json: Buffer, start: number): number {
  let at = start;
  while (at < json.length && (json[at] as number) <= 0x20) at += 1;
  return at;
}
