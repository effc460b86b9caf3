import { ARCHIVE, ASSET, SECRET, SIGNATURE, UNKNOWN } from "@quillon/proto";
import fc from "fast-check";

// What the two SDKs are asked. Left out is what they are meant to do differently; the files *differences.test.ts have each of it.

export type Method = "Analyze" | "Remediate" | "AnalyzeStack";

const KEYS = ["a", "b", "c", "list", "deep", "x", "0", "__internal", "ключ"];
const key = fc.constantFrom(...KEYS);
const path = fc.array(key, { minLength: 1, maxLength: 4 });
const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 12 }), fc.constantFrom("", "x", "public-read"));
const urn = fc.nat(9).map((n) => `urn:pulumi:dev::proj::test:index:Typed::r${n}`);
const type = fc.constantFrom("test:index:Typed", "test:index:Checked", "test:index:Other");
const unknown = fc.constantFrom(...Object.values(UNKNOWN));
const leaf = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constant(1));

const someText = text.filter((value) => value !== "");
const asset = fc
  .constantFrom("path", "text", "uri")
  .chain((field) => someText.map((value) => ({ [SIGNATURE]: ASSET, [field]: value, hash: "h" })));
const plainArchive = fc
  .constantFrom("path", "uri")
  .chain((field) => someText.map((value) => ({ [SIGNATURE]: ARCHIVE, [field]: value })));
const assetArchive = fc
  .dictionary(key, fc.oneof(asset, plainArchive), { maxKeys: 2 })
  .map((assets) => ({ [SIGNATURE]: ARCHIVE, assets }));
const broken = fc.constantFrom<object>(
  { [SIGNATURE]: "no such signature" },
  { [SIGNATURE]: ASSET },
  { [SIGNATURE]: ARCHIVE },
  { [SIGNATURE]: ARCHIVE, assets: { a: "no asset" } },
);

/** A secret's strings are too short to be looked for elsewhere: longer ones we mask in messages. */
function secretOf(value: unknown): unknown {
  const short = (_: string, inner: unknown) =>
    typeof inner !== "string" || inner.length < 4 || PROTOCOL_STRINGS.includes(inner) ? inner : "cut";
  return { [SIGNATURE]: SECRET, value: JSON.parse(JSON.stringify(value), short) };
}

const PROTOCOL_STRINGS: string[] = [SECRET, ASSET, ARCHIVE, ...Object.values(UNKNOWN)];

/** Property maps; `special` is what else they may hold besides JSON, secrets and unknowns. */
function properties(special: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 8, arbitrary: leaf },
      { weight: 1, arbitrary: unknown },
      { weight: 1, arbitrary: special },
      { weight: 2, arbitrary: tie("value").map(secretOf) },
      { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
      { weight: 3, arbitrary: fc.dictionary(key, tie("value"), { maxKeys: 4 }) },
    ),
  }));
  return fc.dictionary(key, value, { maxKeys: 6 });
}

const level = fc.constantFrom("advisory", "mandatory", "remediate");
const violation = fc.record(
  {
    message: text,
    description: text,
    name: text,
    urn,
    enforcementLevel: level,
    severity: fc.constantFrom("low", "medium", "high", "critical", "odd"),
  },
  { requiredKeys: [] },
);

const step = (op: string, rest: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.record({ op: fc.constant(op), ...rest });
const reading = [
  step("read", { path }),
  step("walk"),
  step("json"),
  step("keys"),
  step("list", { path: fc.constantFrom(["list"], ["a"], ["deep", "list"]) }),
  step("lenient", { path }),
  step("args"),
  step("tags"),
  step("config"),
  step("say", { message: fc.oneof(text, fc.integer()), urn: fc.option(urn, { nil: undefined }) }),
  step("sayMore", { violation }),
  step("wait"),
  step("microtask"),
  step("late", { message: text }),
  step("set", { path, value: fc.oneof(leaf, fc.constant({ a: [1] })) }),
  step("delete", { path }),
  step("resources"),
];
const ending = [
  // Too short to hold a secret that an earlier step has written.
  step("skip", { reason: fc.option(fc.constantFrom("", "x", "no!"), { nil: undefined }) }),
  step("fail", {
    how: fc.constantFrom("error", "string", "nothing", "type"),
    message: fc.constantFrom("", "x", "no!"),
  }),
];
/** A text returned instead of a map is taken apart into its code units, which the original sends as broken UTF-8. */
const singleUnits = leaf.filter((value) => typeof value !== "string" || !/[\ud800-\udfff]/.test(value));
const result = step("return", {
  what: fc.constantFrom("nothing", "same", "spread", "literal", "secret", "promise", "odd", "assets", "inner"),
  value: fc.oneof(singleUnits, fc.dictionary(key, leaf, { maxKeys: 3 }), fc.array(leaf, { maxLength: 3 })),
});

function steps(method: Method): fc.Arbitrary<object[]> {
  const usual = fc.array(fc.oneof(...reading), { maxLength: 4 });
  const last = fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.oneof(...ending) },
    { weight: method === "Remediate" ? 12 : 1, arbitrary: result },
  );
  return fc.tuple(usual, last).map(([first, end]) => (end ? [...first, end] : first));
}

const POLICIES: Record<Method, string[]> = {
  Analyze: ["plain", "several", "typed", "checked", "anonymous", "off", "both", "hybrid"],
  Remediate: ["repair", "repair-typed", "both"],
  AnalyzeStack: ["stack", "stack-typed", "stack-checked", "hybrid"],
};

const seconds = fc.constantFrom(0, 1.5, 600);
const options = fc.record(
  {
    protect: fc.boolean(),
    ignoreChanges: fc.array(key, { maxLength: 2 }),
    deleteBeforeReplace: fc.boolean(),
    deleteBeforeReplaceDefined: fc.boolean(),
    additionalSecretOutputs: fc.array(key, { maxLength: 2 }),
    aliases: fc.array(urn, { maxLength: 2 }),
    customTimeouts: fc.record({ create: seconds, update: seconds, delete: seconds }),
    parent: urn,
  },
  { requiredKeys: [] },
);

function resource(method: Method) {
  const special = method === "Remediate" ? fc.oneof(asset, plainArchive) : fc.oneof(asset, plainArchive, assetArchive);
  const rarelyBroken =
    method === "Remediate" ? special : fc.oneof({ weight: 30, arbitrary: special }, { weight: 1, arbitrary: broken });
  const props = properties(rarelyBroken);
  const provider = fc.record({ type: fc.constant("pulumi:providers:test"), properties: props, urn, name: text });
  return fc.record({
    type,
    properties: props,
    urn,
    options,
    provider: fc.option(provider, { nil: undefined, freq: 3 }),
  });
}

const member = fc.record({
  base: resource("AnalyzeStack"),
  parent: fc.option(urn, { nil: "" }),
  dependencies: fc.array(urn, { maxLength: 3 }),
  propertyDependencies: fc.dictionary(key, fc.array(urn, { maxLength: 2 }), { maxKeys: 2 }),
});

export type Resource = typeof member extends fc.Arbitrary<infer T> ? T : never;

const config = fc.dictionary(
  fc.constantFrom(...new Set(Object.values(POLICIES).flat())),
  fc.record({
    level: fc.constantFrom("advisory", "mandatory", "remediate", "disabled"),
    properties: fc.dictionary(key, leaf, { maxKeys: 2 }),
  }),
  { maxKeys: 5 },
);

/** One request, and what the pack was told before it. */
export const testCase = fc.constantFrom<Method[]>("Analyze", "Remediate", "AnalyzeStack").chain((method) =>
  fc.record({
    method: fc.constant(method),
    script: fc.record(Object.fromEntries(POLICIES[method].map((name) => [name, steps(method)])), { requiredKeys: [] }),
    config,
    tags: fc.dictionary(fc.constantFrom("a", "b", "c"), text, { maxKeys: 2 }),
    resources:
      method === "AnalyzeStack"
        ? fc.array(member, { minLength: 1, maxLength: 5 })
        : resource(method).map((base) => [{ base, parent: "", dependencies: [], propertyDependencies: {} }]),
  }),
);

export type TestCase = typeof testCase extends fc.Arbitrary<infer T> ? T : never;
