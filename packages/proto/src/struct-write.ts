import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { RpcError, Status } from "./status.ts";
import { MAX_DEPTH } from "./struct-read.ts";

/**
 * Writes plain values as a google.protobuf.Struct, by JSON's rules: an absent value leaves its key out, or is `null` in
 * a list; a value without a JSON type (a function, a symbol, a bigint) becomes an empty map, as in `@pulumi/policy`.
 * Infinities and NaN are kept, because a Struct can hold them.
 *
 * @throws `RpcError` (INVALID_ARGUMENT) when a value nests deeper than `MAX_DEPTH`, or contains itself.
 */
export function encodeStruct(object: object): Uint8Array {
  const writer = new BinaryWriter();
  writeStruct(writer, object, 1);
  return writer.finish();
}

function writeStruct(writer: BinaryWriter, object: object, depth: number): void {
  if (depth > MAX_DEPTH) throw new RpcError(Status.INVALID_ARGUMENT, `A value nests deeper than ${MAX_DEPTH} levels.`);
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(key);
    writer.tag(2, WireType.LengthDelimited).fork();
    writeValue(writer, value, depth);
    writer.join().join();
  }
}

function writeValue(writer: BinaryWriter, value: unknown, depth: number): void {
  if (typeof value === "string") writer.tag(3, WireType.LengthDelimited).string(value);
  else if (typeof value === "number") writer.tag(2, WireType.Bit64).double(value);
  else if (typeof value === "boolean") writer.tag(4, WireType.Varint).bool(value);
  else if (value === null || value === undefined) writer.tag(1, WireType.Varint).int32(0);
  else if (Array.isArray(value)) {
    writer.tag(6, WireType.LengthDelimited).fork();
    writeList(writer, value, depth + 1);
    writer.join();
  } else {
    writer.tag(5, WireType.LengthDelimited).fork();
    writeStruct(writer, value as object, depth + 1);
    writer.join();
  }
}

function writeList(writer: BinaryWriter, list: unknown[], depth: number): void {
  if (depth > MAX_DEPTH) throw new RpcError(Status.INVALID_ARGUMENT, `A value nests deeper than ${MAX_DEPTH} levels.`);
  for (const value of list) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writeValue(writer, value, depth);
    writer.join();
  }
}
