import { isObject } from "../json/is-object.ts";

/** Puts `text` in the place of the bytes `[start, end)`. */
export interface Edit {
  start: number;
  end: number;
  text: Buffer;
}

/**
 * The edits of a delta as the CLI sends it: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/diffs.go#L278
 *
 * @returns undefined when it is not one.
 */
export function editsOf(delta: string): Edit[] | undefined {
  const sent: unknown = JSON.parse(delta);
  if (!Array.isArray(sent)) return undefined;
  const edits: Edit[] = [];
  for (const one of sent) {
    const edit = editOf(one);
    if (!edit) return undefined;
    edits.push(edit);
  }
  return edits;
}

function editOf(sent: unknown): Edit | undefined {
  if (!isObject(sent) || !isObject(sent.Span) || typeof sent.NewText !== "string") return undefined;
  const [start, end] = [offsetOf(sent.Span.start), offsetOf(sent.Span.end)];
  if (start === undefined || end === undefined) return undefined;
  return { start, end, text: Buffer.from(sent.NewText) };
}

function offsetOf(point: unknown): number | undefined {
  const offset = isObject(point) ? point.offset : undefined;
  return Number.isSafeInteger(offset) ? (offset as number) : undefined;
}

/**
 * A text with edits, whose offsets are all in the text as it is given.
 *
 * @param pieces the text. It is not copied.
 * @returns undefined when the edits are not in the order of their offsets, overlap, or are not inside the text.
 */
export function edited(pieces: readonly Buffer[], edits: readonly Edit[]): Buffer[] | undefined {
  const source = new Pieces(pieces);
  const result: Buffer[] = [];
  let at = 0;
  for (const { start, end, text } of edits) {
    if (start < at || end < start || end > source.length) return undefined;
    source.take(start - at, result);
    source.take(end - start, undefined);
    if (text.length > 0) result.push(text);
    at = end;
  }
  source.take(source.length - at, result);
  return result;
}

/** Takes pieces of bytes apart, from their start. */
class Pieces {
  readonly length: number;
  readonly #pieces: readonly Buffer[];
  #piece = 0;
  #offset = 0;

  constructor(pieces: readonly Buffer[]) {
    this.#pieces = pieces;
    this.length = pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** @param to gets the next bytes; without it they are passed over. */
  take(bytes: number, to: Buffer[] | undefined): void {
    for (let left = bytes; left > 0; ) {
      const piece = this.#pieces[this.#piece] ?? Buffer.alloc(0);
      const part = piece.subarray(this.#offset, this.#offset + left);
      if (part.length > 0) to?.push(part);
      left -= part.length;
      this.#offset += part.length;
      if (this.#offset < piece.length) continue;
      this.#piece += 1;
      this.#offset = 0;
    }
  }
}
