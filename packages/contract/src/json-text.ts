/**
 * A JSON object as text, which a client sends as it is: parsing and writing it again would change integers above 2^53. It can be given
 * wherever a body holds an object of any fields.
 */
export class JsonText {
  [field: string]: unknown;
  readonly #text: string;

  /** @param text A JSON object; what is not JSON makes a body that the server refuses. */
  constructor(text: string) {
    this.#text = text;
  }

  /** Like `JSON.stringify`, with each `JsonText` as it is. `JSON.rawJSON`, which takes only scalars, is not in Node.js 20. */
  static stringify(value: unknown): string {
    if (value instanceof JsonText) return value.#text;
    if (Array.isArray(value)) return `[${value.map((item) => JsonText.stringify(item ?? null))}]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return `{${fields.map(([key, inner]) => `${JSON.stringify(key)}:${JsonText.stringify(inner)}`)}}`;
  }
}
