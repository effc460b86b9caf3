/** JSON text that a client sent and that is passed on unchanged, with its numbers, escapes and order of keys. */
export class VerbatimJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** `JSON.stringify` would write it as an object, so it fails instead. */
  toJSON(): never {
    throw new Error("verbatim JSON can only be written by writeJson");
  }
}

/** Text that a type of the contract describes as an object; only `writeJson` may write it. */
export function verbatim<T = Record<string, unknown>>(text: string): T {
  return new VerbatimJson(text) as T;
}

/** Like `JSON.stringify`, but a `VerbatimJson` anywhere inside goes out as it came. */
export function writeJson(value: unknown): string {
  if (value instanceof VerbatimJson) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => writeJson(item ?? null)).join(",")}]`;
  if (value === null || typeof value !== "object" || value instanceof Date) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${writeJson(item)}`).join(",")}}`;
}
