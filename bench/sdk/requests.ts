// The requests of the benchmark, as bytes.
import { create, fromJson, type JsonObject, toBinary } from "@bufbuild/protobuf";
import { StructSchema } from "@bufbuild/protobuf/wkt";
import {
  AnalyzeRequestSchema,
  AnalyzeStackRequestSchema,
  ConfigureAnalyzerRequestSchema,
} from "../../packages/proto/gen/pulumi/analyzer_pb.js";

export function analyzeRequest(): Uint8Array {
  return toBinary(AnalyzeRequestSchema, create(AnalyzeRequestSchema, resource(1)));
}

/** Gives a pack that many exceptions for policy-7, of a resource each or all of that of `analyzeRequest`, which one is for in any case. */
export function exceptionsRequest(count: number, of: "a resource each" | "one resource"): Uint8Array {
  const exceptions = Array.from({ length: count }, (_, index) => {
    const match = [{ policies: ["policy-7"], targets: [resource(of === "one resource" ? 1 : index).urn] }];
    return [`EXC-${index + 1}`, { reason: "It moves to another account.", match }] as const;
  });
  const policyConfig = { "quillon:exceptions": { properties: struct({ exceptions: Object.fromEntries(exceptions) }) } };
  return toBinary(ConfigureAnalyzerRequestSchema, create(ConfigureAnalyzerRequestSchema, { policyConfig }));
}

export function stackRequest(count: number): Uint8Array {
  const resources = Array.from({ length: count }, (_, index) => ({
    ...resource(index),
    parent: resource(0).urn,
    dependencies: index > 0 ? [`urn:pulumi:dev::bench::test:index:Bucket::resource-${index - 1}`] : [],
    propertyDependencies:
      index > 0 ? { property2: { urns: [`urn:pulumi:dev::bench::test:index:Bucket::resource-${index - 1}`] } } : {},
  }));
  return toBinary(AnalyzeStackRequestSchema, create(AnalyzeStackRequestSchema, { resources }));
}

function resource(index: number) {
  return {
    type: index % 2 ? "test:index:Bucket" : "test:index:Server",
    urn: `urn:pulumi:dev::bench::test:index:Bucket::resource-${index}`,
    name: `resource-${index}`,
    properties: struct(properties(index)),
    options: {
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      parent: "urn:pulumi:dev::bench::pulumi:pulumi:Stack::bench-dev",
    },
    provider: {
      type: "pulumi:providers:test",
      urn: "urn:pulumi:dev::bench::pulumi:providers:test::default",
      name: "default",
      properties: struct({ region: "eu-central-1" }),
    },
  };
}

/** Those of an average resource: mostly text, a few numbers and flags, some nesting, tags. */
function properties(index: number): JsonObject {
  const all: JsonObject = {
    tags: { owner: `team-${index % 7}`, env: index % 3 ? "dev" : "prod" },
    rules: [
      { port: 22, cidr: "10.0.0.0/8" },
      { port: 443, cidr: "0.0.0.0/0" },
    ],
  };
  for (let i = 0; i < 18; i++) all[`property${i}`] = property(i, index);
  return all;
}

function property(i: number, index: number): number | boolean | string {
  if (i % 5 === 0) return i * index;
  if (i % 5 === 1) return i % 2 === 0;
  return `value ${i} of resource ${index}, and then some`;
}

function struct(json: JsonObject): Uint8Array {
  return toBinary(StructSchema, fromJson(StructSchema, json));
}
