import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { StructSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, test, vi } from "vitest";
import { AnalyzeRequestSchema, AnalyzerResourceSchema, AnalyzeStackRequestSchema } from "../gen/pulumi/analyzer_pb.js";
import { readAnalyzeRequest, readAnalyzeStackRequest } from "./analyzer-read.ts";
import { RpcError } from "./status.ts";
import { decodeStruct } from "./struct-read.ts";
import { WireReader } from "./wire-read.ts";

// Messages that are read by hand know exactly the fields of the schema, so a field that is added to the schema can't be
// dropped unnoticed. The test sends each possible field alone to a reader and checks whether the reader skips it.

interface Fields {
  name: string;
  tags: Map<number, string>;
  children: { number: number; fields: () => Fields }[];
}

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;
const EMPTY: Record<number, number[]> = {
  [VARINT]: [0],
  [FIXED64]: Array(8).fill(0),
  [DELIMITED]: [0],
  [FIXED32]: Array(4).fill(0),
};
/** The highest number that is tried. */
const NUMBERS = 40;

function scalarWireType(type: ScalarType): number {
  if ([ScalarType.STRING, ScalarType.BYTES].includes(type)) return DELIMITED;
  if ([ScalarType.DOUBLE, ScalarType.FIXED64, ScalarType.SFIXED64].includes(type)) return FIXED64;
  return [ScalarType.FLOAT, ScalarType.FIXED32, ScalarType.SFIXED32].includes(type) ? FIXED32 : VARINT;
}

function wireType(field: DescField): number {
  if (field.message || field.fieldKind === "map") return DELIMITED;
  return field.scalar ? scalarWireType(field.scalar) : VARINT;
}

function fieldsOf(message: DescMessage): Fields {
  const tags = new Map(message.fields.map((field) => [field.number * 8 + wireType(field), field.name]));
  const children = message.fields.flatMap((field) => {
    if (field.fieldKind === "map") return [{ number: field.number, fields: () => entryOf(field) }];
    const { message } = field;
    return message ? [{ number: field.number, fields: () => fieldsOf(message) }] : [];
  });
  return { name: message.typeName, tags, children };
}

/** A map is a list of messages that have a key and a value. */
function entryOf(field: DescField & { fieldKind: "map" }): Fields {
  const { message } = field;
  const value = message ? DELIMITED : field.scalar ? scalarWireType(field.scalar) : VARINT;
  return {
    name: `${field.parent.typeName}.${field.name}`,
    tags: new Map([
      [8 + scalarWireType(field.mapKey), "key"],
      [16 + value, "value"],
    ]),
    children: message ? [{ number: 2, fields: () => fieldsOf(message) }] : [],
  };
}

/** Every message that one holds, each once, with the numbers of the fields that lead to it. */
function reachable(root: Fields): { path: number[]; fields: Fields }[] {
  const found = [{ path: [] as number[], fields: root }];
  const names = new Set([root.name]);
  for (const { path, fields } of found) {
    for (const child of fields.children) {
      const inner = child.fields();
      if (names.has(inner.name)) continue;
      names.add(inner.name);
      found.push({ path: [...path, child.number], fields: inner });
    }
  }
  return found;
}

function isRead(read: (bytes: Uint8Array) => unknown, path: number[], tag: number): boolean {
  const field = new BinaryWriter().uint32(tag).raw(Uint8Array.from(EMPTY[tag & 7] as number[]));
  const bytes = path.reduceRight<Uint8Array>(
    (inner, number) => new BinaryWriter().tag(number, DELIMITED).bytes(inner).finish(),
    field.finish(),
  );
  const skip = vi.spyOn(WireReader.prototype, "skip");
  try {
    read(bytes);
  } catch (error) {
    // An empty Value is refused, after its fields were read.
    expect(error).toBeInstanceOf(RpcError);
  }
  const skipped = skip.mock.calls.length > 0;
  skip.mockRestore();
  return !skipped;
}

function tagsRead(read: (bytes: Uint8Array) => unknown, path: number[]): number[] {
  const numbers = Array.from({ length: NUMBERS }, (_, index) => index + 1);
  const tags = numbers.flatMap((number) => [VARINT, FIXED64, DELIMITED, FIXED32].map((type) => number * 8 + type));
  return tags.filter((tag) => isRead(read, path, tag));
}

const inOrder = (tags: Iterable<number>) => [...tags].sort((a, b) => a - b);

describe.each([
  { root: fieldsOf(AnalyzeStackRequestSchema), read: readAnalyzeStackRequest },
  // One reader reads both messages: an AnalyzerResource has the fields of an AnalyzeRequest and three more.
  { root: { ...fieldsOf(AnalyzerResourceSchema), name: "pulumirpc.AnalyzeRequest" }, read: readAnalyzeRequest },
  { root: fieldsOf(StructSchema), read: (bytes: Uint8Array) => decodeStruct(bytes) },
])("in $root.name", ({ root, read }) => {
  test.each(reachable(root))("the fields of $fields.name are read", ({ path, fields }) => {
    expect(tagsRead(read, path)).toEqual(inOrder(fields.tags.keys()));
  });
});

test("every field of AnalyzeRequest is a field of AnalyzerResource", () => {
  const resource = fieldsOf(AnalyzerResourceSchema).tags;
  for (const [tag, name] of fieldsOf(AnalyzeRequestSchema).tags) expect(resource.get(tag)).toBe(name);
});
