import { isUtf8 } from "node:buffer";

/**
 * Which values of a JSON text somebody wants to know the place of. All else is checked and passed over, so a text costs no
 * more memory than what is wanted of it.
 */
export interface Wanted {
  /** Members of an object, by key. */
  readonly members?: Readonly<Record<string, Wanted>>;
  /** Every other member of an object. */
  readonly all?: Wanted;
  /** Every element of an array. */
  readonly each?: Wanted;
}

/** The place of a value: `json[start, end)`. */
export interface Span {
  readonly start: number;
  end: number;
  /** How many members or elements are directly in it; 0 for a value that is not an object or array. */
  count: number;
  /** The wanted members of an object. Of a repeated key the last counts, as in `JSON.parse`. */
  members: ReadonlyMap<string, Span>;
  /** The elements of an array, if they are wanted. */
  elements: readonly Span[];
}

const NO_MEMBERS: Span["members"] = new Map();
const NO_ELEMENTS: Span["elements"] = [];

/** Why a text is refused. The words are those of error `invalid_json`. */
export class JsonError extends Error {
  override readonly name = "JsonError";
}

/** The same as the CLI's own decoder allows: https://github.com/golang/go/blob/go1.24.0/src/encoding/json/scanner.go#L144 */
const DEEPEST = 10_000;
/** Of wanted members and elements in one object or array. */
const MOST_WANTED = 100_000;
/** Of all wanted values. A batch of 10,000 engine events has some 150,000. */
const MOST_IN_ALL = 250_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Checks that the bytes are one JSON value in UTF-8, nested at most 10,000 deep, and finds the wanted values in it. It
 * builds no value, and takes time in proportion to the bytes. Of wanted values it finds a bounded number.
 *
 * @throws JsonError
 */
export function scanJson(json: Buffer, wanted: Wanted = {}): Span {
  if (!isUtf8(json)) throw new JsonError("it is not UTF-8");
  return new Scanner(json).document(wanted);
}

class Scanner {
  readonly #json: Buffer;
  /** For each container that is open inside an unwanted value, the byte that closes it. */
  readonly #open = new Uint8Array(DEEPEST);
  #at = 0;
  /** Of the value that `#skip` goes over. */
  #children = 0;
  #wanted = 0;

  constructor(json: Buffer) {
    this.#json = json;
  }

  document(wanted: Wanted): Span {
    this.#space();
    const span = this.#value(wanted);
    if (this.#at < this.#json.length) this.#refuse();
    return span;
  }

  #value(wanted: Wanted): Span {
    this.#wanted += 1;
    if (this.#wanted > MOST_IN_ALL)
      throw new JsonError(`it has more than ${MOST_IN_ALL} values in places that are read`);
    const span: Span = { start: this.#at, end: 0, count: 0, members: NO_MEMBERS, elements: NO_ELEMENTS };
    const first = this.#json[this.#at];
    if (first === OPEN_OBJECT && (wanted.members || wanted.all)) this.#object(span, wanted);
    else if (first === OPEN_ARRAY && wanted.each) this.#array(span, wanted.each);
    else span.count = this.#skip();
    span.end = this.#at;
    this.#space();
    return span;
  }

  #object(span: Span, { members = {}, all }: Wanted): void {
    const found = new Map<string, Span>();
    span.members = found;
    this.#step();
    while (this.#json[this.#at] !== CLOSE_OBJECT) {
      if (span.count > 0) this.#take(COMMA);
      const start = this.#at;
      this.#string();
      const key = stringAt(this.#json, start, this.#at);
      this.#space();
      this.#take(COLON);
      const wanted = Object.hasOwn(members, key) ? members[key] : all;
      if (wanted) found.set(key, this.#value(wanted));
      else this.#pass();
      span.count += 1;
      if (found.size > MOST_WANTED) throw new JsonError(`it has more than ${MOST_WANTED} members in one place`);
    }
    this.#at += 1;
  }

  #array(span: Span, each: Wanted): void {
    const found: Span[] = [];
    span.elements = found;
    this.#step();
    while (this.#json[this.#at] !== CLOSE_ARRAY) {
      if (span.count > 0) this.#take(COMMA);
      found.push(this.#value(each));
      span.count += 1;
      if (span.count > MOST_WANTED) throw new JsonError(`it has more than ${MOST_WANTED} elements in one place`);
    }
    this.#at += 1;
  }

  #pass(): void {
    this.#skip();
    this.#space();
  }

  /** Goes over one value. @returns how many values are directly in it. */
  #skip(): number {
    this.#children = 0;
    let depth = 0;
    do {
      depth = this.#leave(this.#enter(depth));
    } while (depth > 0);
    return this.#children;
  }

  /** Goes into containers until a value has nothing in it, and over that one. */
  #enter(depth: number): number {
    for (let inside = depth; ; inside += 1) {
      const byte = this.#json[this.#at];
      if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) {
        this.#scalar(byte);
        return inside;
      }
      if (inside === DEEPEST) throw new JsonError(`it is nested more than ${DEEPEST} deep`);
      const close = byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY;
      this.#step();
      if (this.#json[this.#at] === close) {
        this.#at += 1;
        return inside;
      }
      this.#open[inside] = close;
      if (inside === 0) this.#children = 1;
      if (close === CLOSE_OBJECT) this.#key();
    }
  }

  /** Ends as many containers as end here, and goes to the next value of one that does not. */
  #leave(depth: number): number {
    for (let inside = depth; inside > 0; inside -= 1) {
      this.#space();
      const close = this.#open[inside - 1];
      if (this.#json[this.#at] !== close) {
        this.#take(COMMA);
        if (inside === 1) this.#children += 1;
        if (close === CLOSE_OBJECT) this.#key();
        return inside;
      }
      this.#at += 1;
    }
    return 0;
  }

  #key(): void {
    this.#string();
    this.#space();
    this.#take(COLON);
  }

  #scalar(first: number | undefined): void {
    if (first === QUOTE) this.#string();
    else if (first === 0x74) this.#word("true");
    else if (first === 0x66) this.#word("false");
    else if (first === 0x6e) this.#word("null");
    else this.#number();
  }

  #string(): void {
    const json = this.#json;
    if (json[this.#at] !== QUOTE) this.#refuse();
    let at = this.#at + 1;
    for (;;) {
      const byte = json[at];
      if (byte === QUOTE) break;
      if (byte === undefined || byte < 0x20) this.#refuse(at);
      at += byte === BACKSLASH ? this.#escape(at) : 1;
    }
    this.#at = at + 1;
  }

  /** @returns its length. */
  #escape(at: number): number {
    const letter = String.fromCharCode(this.#json[at + 1] ?? 0);
    if ('"\\/bfnrt'.includes(letter)) return 2;
    if (letter !== "u" || !/^[0-9a-fA-F]{4}$/.test(this.#json.toString("latin1", at + 2, at + 6))) this.#refuse(at);
    return 6;
  }

  #word(word: string): void {
    if (this.#json.toString("latin1", this.#at, this.#at + word.length) !== word) this.#refuse();
    this.#at += word.length;
  }

  /** https://www.rfc-editor.org/rfc/rfc8259#section-6 */
  #number(): void {
    if (this.#json[this.#at] === 0x2d) this.#at += 1;
    if (this.#json[this.#at] === 0x30) this.#at += 1;
    else this.#digits();
    if (this.#json[this.#at] === 0x2e) {
      this.#at += 1;
      this.#digits();
    }
    const e = this.#json[this.#at];
    if (e !== 0x65 && e !== 0x45) return;
    this.#at += 1;
    const sign = this.#json[this.#at];
    if (sign === 0x2b || sign === 0x2d) this.#at += 1;
    this.#digits();
  }

  #digits(): void {
    const start = this.#at;
    while (isDigit(this.#json[this.#at])) this.#at += 1;
    if (this.#at === start) this.#refuse();
  }

  #take(byte: number): void {
    if (this.#json[this.#at] !== byte) this.#refuse();
    this.#step();
  }

  /** One byte, and the white space after it. */
  #step(): void {
    this.#at += 1;
    this.#space();
  }

  #space(): void {
    for (;;) {
      const byte = this.#json[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at += 1;
    }
  }

  #refuse(at = this.#at): never {
    throw new JsonError(
      at < this.#json.length ? `byte ${at} is not what can be there` : "it ends before the value is complete",
    );
  }
}

/** The string whose quotes are at `json[start]` and `json[end - 1]`. Most have no escapes, and are not parsed. */
export function stringAt(json: Buffer, start: number, end: number): string {
  const text = json.toString("utf8", start + 1, end - 1);
  return text.includes("\\") ? JSON.parse(`"${text}"`) : text;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
