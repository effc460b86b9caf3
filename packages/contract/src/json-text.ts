/** A string, or a number in any form. In JSON, nothing outside of a string begins like one. */
const STRINGS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * JSON as text, which is written as it is: parsing and writing it again would change integers above 2^53. A client can give it wherever
 * a body holds an object of any fields, and in a reply it stands for a number that JavaScript can't hold.
 */
export class JsonText {
  [field: string]: unknown;
  readonly #text: string;

  /** @param text JSON; what is not JSON makes a body that the server refuses. */
  constructor(text: string) {
    this.#text = text;
  }

  /** Like `JSON.parse`, with each number that JavaScript would write in another way as a `JsonText`. */
  static parse(text: string): unknown {
    // A field that no text can have, because it is made anew each time. Browsers have no randomUUID on a page that came over plain http.
    const field = String(crypto.getRandomValues(new Uint32Array(4)));
    const isChanged = (token: string) => !token.startsWith('"') && String(Number(token)) !== token;
    const marked = text.replace(STRINGS_AND_NUMBERS, (token) =>
      isChanged(token) ? `{${JSON.stringify(field)}:${JSON.stringify(token)}}` : token,
    );
    return JSON.parse(marked, (_, value) =>
      value !== null && Object.hasOwn(Object(value), field) ? new JsonText(value[field]) : value,
    );
  }

  /**
   * Like `JSON.stringify`, with each `JsonText` as it is. `JSON.rawJSON`, which takes only scalars, is not in Node.js 20.
   *
   * @param step What lines inside an object or list are indented with; one line of text without it.
   */
  static stringify(value: unknown, step = "", indent = ""): string {
    if (value instanceof JsonText) return value.#text;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const inside = indent + step;
    const write = (inner: unknown) => JsonText.stringify(inner, step, inside);
    const colon = step ? ": " : ":";
    const items = Array.isArray(value)
      ? value.map((item) => write(item ?? null))
      : Object.entries(value)
          .filter(([, inner]) => inner !== undefined)
          .map(([key, inner]) => JSON.stringify(key) + colon + write(inner));
    const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    if (items.length === 0 || !step) return open + items.join(",") + close;
    return `${open}\n${inside}${items.join(`,\n${inside}`)}\n${indent}${close}`;
  }

  toString(): string {
    return this.#text;
  }
}
