import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AnalyzeRequestSchema, AnalyzerResourceSchema, AnalyzeStackRequestSchema } from "../gen/pulumi/analyzer_pb.js";
import { readAnalyzeRequest, readAnalyzeStackRequest, type WireResource } from "./analyzer-read.ts";
import { RpcError } from "./status.ts";
import { encodeStruct } from "./struct-write.ts";

const anyText = fc.oneof(fc.string({ unit: "binary-ascii" }), fc.string({ unit: "binary", maxLength: 200 }));
const texts = fc.array(anyText, { maxLength: 3 });
const struct = fc.option(fc.dictionary(anyText, anyText, { noNullPrototype: true }), { nil: undefined });
/** Minus zero is not sent. */
const seconds = fc.double({ noNaN: true }).map((value) => value + 0);
const timeouts = fc.record({ create: seconds, update: seconds, delete: seconds });
const options = fc.record({
  protect: fc.boolean(),
  ignoreChanges: texts,
  deleteBeforeReplace: fc.boolean(),
  deleteBeforeReplaceDefined: fc.boolean(),
  additionalSecretOutputs: texts,
  aliases: texts,
  customTimeouts: fc.option(timeouts, { nil: undefined }),
  parent: anyText,
});
const provider = fc.record({ type: anyText, urn: anyText, name: anyText, properties: struct });
const property = fc.record({ property: anyText, urns: texts });
const resource = fc.record({
  type: anyText,
  urn: anyText,
  name: anyText,
  parent: anyText,
  properties: struct,
  options: fc.option(options, { nil: undefined }),
  provider: fc.option(provider, { nil: undefined }),
  dependencies: texts,
  propertyDependencies: fc.uniqueArray(property, { selector: (one) => one.property, maxLength: 3 }),
});
type Given = typeof resource extends fc.Arbitrary<infer T> ? T : never;

const encoded = (properties: object | undefined) => (properties ? { properties: encodeStruct(properties) } : {});

/** As protobuf-es writes it. */
function messageOf({ properties, options, provider, propertyDependencies, ...rest }: Given) {
  const { customTimeouts, ...others } = options ?? {};
  const { properties: providerProperties, ...providerRest } = provider ?? {};
  return create(AnalyzerResourceSchema, {
    ...rest,
    ...encoded(properties),
    ...(options && { options: { ...others, ...(customTimeouts && { customTimeouts }) } }),
    ...(provider && { provider: { ...providerRest, ...encoded(providerProperties) } }),
    propertyDependencies: Object.fromEntries(propertyDependencies.map(({ property, urns }) => [property, { urns }])),
  });
}

/** As ours reads it, in the form of what was given. */
function given({ properties, options, provider, propertyDependencies, ...rest }: WireResource) {
  return {
    ...rest,
    properties: properties?.decode(),
    options,
    provider: provider && { ...provider, properties: provider.properties?.decode() },
    propertyDependencies: new Map(propertyDependencies.map(({ property, urns }) => [property, urns])),
  };
}

function wanted({ options, propertyDependencies, ...rest }: Given) {
  const none = { create: 0, update: 0, delete: 0 };
  return {
    ...rest,
    options: options && { ...options, customTimeouts: options.customTimeouts ?? none },
    propertyDependencies: new Map(propertyDependencies.map(({ property, urns }) => [property, urns])),
  };
}

test("what protobuf-es writes about resources is read back", () => {
  fc.assert(
    fc.property(fc.array(resource, { maxLength: 4 }), fc.boolean(), (resources, repeated) => {
      const all = repeated ? [...resources, ...resources] : resources;
      const request = create(AnalyzeStackRequestSchema, { resources: all.map(messageOf) });
      expect(readAnalyzeStackRequest(toBinary(AnalyzeStackRequestSchema, request)).map(given)).toEqual(all.map(wanted));
    }),
    { numRuns: 500 },
  );
});

test("a provider that resources have in common is read once", () => {
  const of = (region: string) => ({ provider: { urn: "p", properties: encodeStruct({ region }) } });
  const request = create(AnalyzeStackRequestSchema, { resources: [of("a"), of("b"), of("a")] });
  const [first, second, third] = readAnalyzeStackRequest(toBinary(AnalyzeStackRequestSchema, request));
  expect(third?.provider).toBe(first?.provider);
  expect(second?.provider).not.toBe(first?.provider);
});

test("fields nobody knows are left out", () => {
  const unknown = [0x78, 1, 0x79, ...Array(8).fill(0), 0x7a, 2, 0, 0, 0x7d, 0, 0, 0, 0];
  const named = toBinary(AnalyzeRequestSchema, create(AnalyzeRequestSchema, { type: "t", name: "n" }));
  expect(readAnalyzeRequest(Uint8Array.from([...unknown, ...named, ...unknown]))).toMatchObject({
    type: "t",
    name: "n",
  });
});

test("arbitrary and damaged bytes are read or refused, never worse", () => {
  const valid = resource.map((one) =>
    toBinary(AnalyzeRequestSchema, fromBinary(AnalyzeRequestSchema, toBinary(AnalyzerResourceSchema, messageOf(one)))),
  );
  const damaged = fc
    .tuple(valid, fc.nat(), fc.nat(255))
    .filter(([bytes]) => bytes.length > 0)
    .map(([bytes, at, byte]) => bytes.with(at % bytes.length, byte));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged), (bytes) => {
      try {
        readAnalyzeRequest(bytes);
        readAnalyzeStackRequest(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RpcError);
      }
    }),
    { numRuns: 3_000 },
  );
});
