import { fromBinary, fromJson, type JsonObject, toBinary, toJson } from "@bufbuild/protobuf";
import { StructSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RpcError } from "./status.ts";
import { decodeStruct, MAX_DEPTH } from "./struct-read.ts";
import { encodeStruct } from "./struct-write.ts";

const json = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()) as fc.Arbitrary<JsonObject>;
const oracleEncode = (value: JsonObject) => toBinary(StructSchema, fromJson(StructSchema, value));
const oracleDecode = (bytes: Uint8Array) => toJson(StructSchema, fromBinary(StructSchema, bytes));

test("what protobuf-es writes is read back, and the other way round", () => {
  fc.assert(
    fc.property(json, (value) => {
      // A key of this name would set the prototype inside protobuf-es; ours has a case of its own below.
      fc.pre(!JSON.stringify(value).includes("__proto__"));
      expect(decodeStruct(oracleEncode(value))).toEqual(value);
      expect(oracleDecode(encodeStruct(value))).toEqual(value);
    }),
    { numRuns: 500 },
  );
});

test("arbitrary bytes are read or refused, never worse", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeStruct(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RpcError);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a map with one byte changed or cut off is read or refused, never worse", () => {
  fc.assert(
    fc.property(json, fc.nat(), fc.nat(255), fc.boolean(), (value, at, byte, cut) => {
      const bytes = encodeStruct(value);
      fc.pre(bytes.length > 0);
      const damaged = cut ? bytes.subarray(0, at % bytes.length) : bytes.with(at % bytes.length, byte);
      try {
        decodeStruct(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(RpcError);
      }
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ["numbers JSON can't hold", { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: -0 }, undefined],
  ["absent values", { a: undefined, b: [undefined, 1] }, { b: [null, 1] }],
  ["what has no JSON", { a: () => 1, b: Symbol("s"), c: new Date(0), d: 1n }, { a: {}, b: {}, c: {}, d: {} }],
  ["a lone surrogate", { a: "x\ud800y" }, { a: "x\ufffdy" }],
  ["an empty map", {}, {}],
])("%s", (_, value, wanted) => {
  expect(decodeStruct(encodeStruct(value))).toEqual(wanted ?? value);
});

test("a key named __proto__ stays a key", () => {
  const value = JSON.parse('{"a": {"__proto__": {"polluted": true}}}');
  const back = decodeStruct(encodeStruct(value)) as { a: object };
  expect(Object.keys(back.a)).toEqual(["__proto__"]);
  expect((back.a as { polluted?: boolean }).polluted).toBeUndefined();
});

test("keys come in order, whatever order they were sent in", () => {
  const back = decodeStruct(encodeStruct({ b: { z: 1, y: { "\uffff": 1, "\ud83d\ude00": 2 } }, a: 2, B: 3 }));
  expect(JSON.stringify(back)).toBe('{"B":3,"a":2,"b":{"y":{"\u{1f600}":2,"\uffff":1},"z":1}}');
});

test.each([3, 12, 13, 40, 128, 129, 1_000])(
  "maps of %i keys, several of one shape and in any order, keep what is theirs",
  (count) => {
    const keys = Array.from({ length: count }, (_, index) => `key${index}`);
    fc.assert(
      fc.property(fc.shuffledSubarray(keys, { minLength: count }), fc.integer(), (order, seed) => {
        const value = Object.fromEntries(order.map((key, index) => [key, seed + index]));
        const back = decodeStruct(encodeStruct(value));
        expect(back).toEqual(value);
        expect(Object.keys(back)).toEqual(keys.toSorted());
        const other = { ...value, another: [seed], [order[0] as string]: undefined };
        expect(decodeStruct(encodeStruct(other))).toEqual(JSON.parse(JSON.stringify(other)));
      }),
      { numRuns: 20 },
    );
  },
);

test.each([2, 20])("of a key sent twice among %i the later value stays", (count) => {
  const entry = (key: string, value: number) => encodeStruct({ [key]: value });
  const keys = Array.from({ length: count }, (_, index) => `key${index}`);
  const once = keys.map((key) => entry(key, 1));
  expect(decodeStruct(Buffer.concat(once))).toEqual(Object.fromEntries(keys.map((key) => [key, 1])));
  const twice = Buffer.concat([...once.slice(1), entry("key1", 2)]);
  expect(decodeStruct(twice)).toEqual({ ...Object.fromEntries(keys.slice(1).map((key) => [key, 1])), key1: 2 });
});

test("revive sees every object below the root, innermost first", () => {
  const seen: unknown[] = [];
  decodeStruct(encodeStruct({ a: { b: { c: 1 } }, d: [{ e: 2 }] }), (object) => {
    seen.push(Object.keys(object)[0]);
    return object;
  });
  expect(seen).toEqual(["c", "b", "e"]);
});

test("1,000 levels are read and written; past the limit the sender is told", () => {
  const nest = (levels: number) => {
    let value: Record<string, unknown> = {};
    for (let level = 1; level < levels; level++) value = { down: value };
    return value;
  };
  expect(decodeStruct(encodeStruct(nest(1_000)))).toEqual(nest(1_000));
  expect(() => encodeStruct(nest(MAX_DEPTH + 1))).toThrow(/nests deeper/);
  const wrapped = encodeStruct(nest(MAX_DEPTH));
  const outer = Buffer.concat([Buffer.from([0x2a]), varint(wrapped.length), wrapped]);
  const entry = Buffer.concat([Buffer.from([0x0a, 1, 0x78, 0x12]), varint(outer.length), outer]);
  const tooDeep = Buffer.concat([Buffer.from([0x0a]), varint(entry.length), entry]);
  expect(() => decodeStruct(tooDeep)).toThrow(/nest deeper/);
});

function varint(value: number): Buffer {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 127) | 128);
  }
}
