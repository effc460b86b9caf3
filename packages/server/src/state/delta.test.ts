import fc from "fast-check";
import { expect, test } from "vitest";
import { edited, editsOf } from "./delta.ts";

const point = (offset: number) => ({ line: 1, column: 1, offset });
const sent = (...edits: [start: number, end: number, text: string][]) =>
  JSON.stringify(
    edits.map(([start, end, NewText]) => ({ Span: { uri: "", start: point(start), end: point(end) }, NewText })),
  );

function apply(pieces: readonly string[], delta: string): string | undefined {
  const edits = editsOf(delta);
  const made =
    edits &&
    edited(
      pieces.map((piece) => Buffer.from(piece)),
      edits,
    );
  return made && Buffer.concat(made).toString();
}

test.each<[name: string, delta: string, made: string | undefined]>([
  ["nothing", sent(), "añb"],
  ["a letter of two bytes", sent([1, 3, "n"]), "anb"],
  ["what is inserted at both ends", sent([0, 0, "<"], [4, 4, "😀>"]), "<añb😀>"],
  ["edits that touch", sent([0, 1, "x"], [1, 3, "y"], [3, 4, "z"]), "xyz"],
  ["all", sent([0, 4, ""]), ""],
  ["an edit beyond the end", sent([4, 5, ""]), undefined],
  ["an edit that ends before it starts", sent([2, 1, ""]), undefined],
  ["an edit before the start", sent([-1, 0, ""]), undefined],
  ["edits that overlap", sent([0, 2, ""], [1, 3, ""]), undefined],
  ["edits in another order", sent([3, 4, ""], [0, 1, ""]), undefined],
  [
    "an offset that is no whole number",
    '[{"Span":{"start":{"offset":0.5},"end":{"offset":1}},"NewText":""}]',
    undefined,
  ],
  ["an offset that is too large", '[{"Span":{"start":{"offset":1e30},"end":{"offset":1e30}},"NewText":""}]', undefined],
  ["no end", '[{"Span":{"start":{"offset":0}},"NewText":""}]', undefined],
  ["no text", '[{"Span":{"start":{"offset":0},"end":{"offset":0}}}]', undefined],
  ["names in lower case", '[{"span":{"start":{"offset":0},"end":{"offset":0}},"newText":""}]', undefined],
  ["an element that is no edit", "[null]", undefined],
  ["no list", "{}", undefined],
])("a delta of %s", (_, delta, made) => {
  expect(apply(["añb"], delta)).toBe(made);
  // Bytes of one letter may be in two pieces.
  const bytes = Buffer.from("añb");
  const edits = editsOf(delta);
  const cut = edits && edited([bytes.subarray(0, 2), Buffer.alloc(0), bytes.subarray(2)], edits);
  expect(cut && Buffer.concat(cut).toString()).toBe(made);
});

test("deltas, one after the other, make what they were made from", () => {
  const text = fc.array(fc.constantFrom("a", "ñ", "😀", '"', "\\u003c", "\n"), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (states) => {
      let pieces: readonly Buffer[] = [Buffer.from((states[0] ?? []).join(""))];
      states.slice(1).forEach((state, index) => {
        const before = states[index] ?? [];
        const edits = editsOf(difference(before, state));
        pieces = (edits && edited(pieces, edits)) ?? [];
        expect(Buffer.concat(pieces).toString()).toBe(state.join(""));
      });
    }),
  );
});

/** Replaces each letter that differs, and what is longer at the end. */
function difference(before: readonly string[], after: readonly string[]): string {
  const edits: [number, number, string][] = [];
  let offset = 0;
  before.forEach((letter, index) => {
    const end = offset + Buffer.byteLength(letter);
    if (after[index] !== letter) edits.push([offset, end, after[index] ?? ""]);
    offset = end;
  });
  const rest = after.slice(before.length).join("");
  if (rest) edits.push([offset, offset, rest]);
  return sent(...edits);
}
