import { createRequire } from "node:module";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { decodeStruct } from "@quillon/proto";
import { AnalyzerInfoSchema } from "@quillon/proto/grpc";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PackState } from "../definition.ts";
import { describePack } from "../info.ts";

// What a pack says of itself, compared with what the npm package would say; in this process, as no policy runs.

const { makeAnalyzerInfo } = createRequire(import.meta.url)("@pulumi/policy/protoutil");

const text = fc.oneof(fc.string(), fc.constant(""));
const level = fc.constantFrom("advisory", "mandatory", "remediate", "disabled");
const tags = fc.array(text, { maxLength: 3 });
const run = () => {};
const kind = fc.constantFrom(
  { validateResource: run },
  { validateResource: [run, run] },
  { remediateResource: run },
  { validateStack: run },
  { validateResource: run, validateStack: run },
);
const json = fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes("__proto__"));
const key = fc.string({ maxLength: 5 }).filter((name) => name !== "__proto__" && name !== "enforcementLevel");
const schema = fc.record(
  {
    properties: fc.dictionary(key, fc.record({ type: fc.constant("string"), default: json }), { maxKeys: 3 }),
    required: tags,
  },
  { requiredKeys: ["properties"] },
);
const framework = fc.record({ name: text, version: text, reference: text, specification: text }, { requiredKeys: [] });
const metadata = {
  description: text,
  enforcementLevel: level,
  configSchema: schema,
  displayName: text,
  severity: fc.constantFrom("low", "medium", "high", "critical", "odd"),
  framework,
  tags,
  remediationSteps: text,
  url: text,
};
const policy = fc
  .tuple(fc.record({ name: text, ...metadata }, { requiredKeys: ["name"] }), kind)
  .map(([fields, functions]) => ({ ...fields, ...functions }));
const args = fc.record(
  {
    policies: fc.array(policy, { maxLength: 4 }),
    enforcementLevel: level,
    description: text,
    displayName: text,
    readme: text,
    provider: text,
    tags,
    repository: text,
  },
  { requiredKeys: ["policies"] },
);
const entry = fc.oneof(
  level,
  fc
    .tuple(fc.dictionary(key, json, { maxKeys: 3 }), fc.option(level, { nil: undefined }))
    .map(([properties, enforcementLevel]) => ({ ...properties, ...(enforcementLevel && { enforcementLevel }) })),
);
const config = fc.option(fc.dictionary(key, entry, { maxKeys: 4 }), { nil: undefined });

test("1,000 generated packs describe themselves alike", () => {
  fc.assert(
    fc.property(text, text, args, config, (name, version, given, initial) => {
      const theirs = makeAnalyzerInfo(
        name,
        version,
        given.enforcementLevel || "advisory",
        given,
        initial,
      ).serializeBinary();
      const pack = new PackState(name, version, given as never, initial as never);
      const ours = toBinary(AnalyzerInfoSchema, create(AnalyzerInfoSchema, describePack(pack)));
      expect(readable(ours)).toEqual(readable(theirs));
    }),
    { numRuns: 1_000 },
  );
});

function readable(bytes: Uint8Array) {
  const info = fromBinary(AnalyzerInfoSchema, bytes);
  const plain = (struct: Uint8Array | undefined) => struct && decodeStruct(struct);
  return {
    ...info,
    policies: info.policies.map((one) => ({
      ...one,
      configSchema: one.configSchema && { ...one.configSchema, properties: plain(one.configSchema.properties) },
    })),
    initialConfig: Object.fromEntries(
      Object.entries(info.initialConfig).map(([name, one]) => [name, { ...one, properties: plain(one.properties) }]),
    ),
  };
}
