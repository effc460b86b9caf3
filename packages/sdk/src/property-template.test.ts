import { create, toBinary } from "@bufbuild/protobuf";
import { ASSET, encodeStruct, readAnalyzeRequest, SECRET, SIGNATURE, UNKNOWN } from "@quillon/proto";
import { AnalyzeRequestSchema } from "@quillon/proto/grpc";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeProperties } from "./properties.ts";
import { PropertyTemplate } from "./property-template.ts";
import { UnknownValueError } from "./unknown.ts";

function templateOf(properties: object): PropertyTemplate {
  const request = create(AnalyzeRequestSchema, { properties: encodeStruct(properties) });
  return new PropertyTemplate(decodeProperties(readAnalyzeRequest(toBinary(AnalyzeRequestSchema, request)).properties));
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
      const template = templateOf(given as object);
      const pristine = template.copy();
      deface(template.copy());
      expect(template.copy()).toEqual(pristine);
    }),
  );
});

test("only properties that hold an unknown are behind a proxy, which throws at any depth", () => {
  const known = templateOf({ list: [{ a: { [SIGNATURE]: SECRET, value: "s" } }] }).copy();
  expect(structuredClone(known)).toEqual({ list: [{ a: "s" }] });

  const partly = templateOf({ list: [{ a: { [SIGNATURE]: SECRET, value: UNKNOWN.number } }], b: 1 }).copy();
  expect(partly.b).toBe(1);
  expect(() => partly.list[0].a).toThrow(UnknownValueError);
});
