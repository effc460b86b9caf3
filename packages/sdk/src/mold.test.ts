import { create, toBinary } from "@bufbuild/protobuf";
import {
  AnalyzeRequestSchema,
  ASSET,
  encodeStruct,
  readAnalyzeRequest,
  SECRET,
  SIGNATURE,
  UNKNOWN,
} from "@quillon/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PropertyMold } from "./mold.ts";
import { decodeProperties } from "./properties.ts";
import { UnknownValueError } from "./unknown.ts";

function moldOf(properties: object): PropertyMold {
  const request = create(AnalyzeRequestSchema, { properties: encodeStruct(properties) });
  return new PropertyMold(decodeProperties(readAnalyzeRequest(toBinary(AnalyzeRequestSchema, request)).properties));
}

/** Writes wherever it can. */
function deface(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) deface(inner);
  for (const key of Object.keys(value)) (value as Record<string, unknown>)[key] = "defaced";
  Object.assign(value, { added: true });
}

test("what one policy writes, at any depth, no other one sees", () => {
  const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });
  const { properties } = fc.letrec<{ value: unknown; properties: object }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string(),
      fc.constant(null),
      fc.string({ minLength: 1 }).map((text) => ({ [SIGNATURE]: ASSET, text })),
      tie("value").map(secret),
      fc.array(tie("value")),
      tie("properties"),
    ),
    properties: fc.dictionary(fc.string(), tie("value")),
  }));
  fc.assert(
    fc.property(properties, (given) => {
      const mold = moldOf(given as object);
      const pristine = mold.cast();
      deface(mold.cast());
      expect(mold.cast()).toEqual(pristine);
    }),
  );
});

test("only properties that hold an unknown are behind a proxy, which throws at any depth", () => {
  const known = moldOf({ list: [{ a: { [SIGNATURE]: SECRET, value: "s" } }] }).cast();
  expect(structuredClone(known)).toEqual({ list: [{ a: "s" }] });

  const partly = moldOf({ list: [{ a: { [SIGNATURE]: SECRET, value: UNKNOWN.number } }], b: 1 }).cast();
  expect(partly.b).toBe(1);
  expect(() => partly.list[0].a).toThrow(UnknownValueError);
});
