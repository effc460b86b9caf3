import { expect, test } from "vitest";
import { readState, StateUnreadable } from "./exported-state.ts";
import { SECRET, SIGNATURE, UNKNOWN } from "./signature.ts";

const urnOf = (name: string, type = "a:b:C") => `urn:pulumi:dev::web::${type}::${name}`;
const exported = (resources: unknown, more = {}) => JSON.stringify({ version: 3, deployment: { resources }, ...more });
const secret = (content: object) => ({ [SIGNATURE]: SECRET, ...content });

test.each([
  ["a part of a file", exported([]).slice(0, 20), /^it is not JSON: .* Is the file whole\?$/],
  ["an empty file", "", /^it is not JSON/],
  ["something else", "[]", /^it holds no deployment\. Write it with: pulumi stack export/],
  ["an old version", exported([], { version: 1 }), /^its version is 1, and 3 and 4 can be read/],
  ["no version", exported([], { version: undefined }), /^its version is missing/],
  ["a list that is none", exported({}), /^its resources are not a list/],
  ["a resource that is none", exported([7]), /^resource number 1 is not an object/],
  [
    "a URN without a name",
    exported([{ urn: "urn:pulumi:a::b::c", type: "t" }]),
    /^resource number 1 has no valid URN: "urn/,
  ],
  ["no URN", exported([{ type: "t" }]), /^resource number 1 has no valid URN: it is missing/],
  ["no type", exported([{ urn: urnOf("x") }]), /has no type/],
  [
    "inputs that are none",
    exported([{ urn: urnOf("x"), type: "t", inputs: [] }]),
    /^the inputs of urn.* are not an object/,
  ],
])("%s is refused", (_, text, message) => {
  const read = () => readState(text);
  expect(read).toThrow(StateUnreadable);
  expect(read).toThrow(message);
});

test("what is about to be deleted or only read is left out, and the rest comes with its provider, inputs and outputs", () => {
  const provider = { urn: urnOf("aws", "pulumi:providers:aws"), type: "pulumi:providers:aws", inputs: { region: "x" } };
  const kept = {
    urn: urnOf("a::b"),
    type: "a:b:C",
    inputs: { in: 1 },
    outputs: { out: 2 },
    provider: `${provider.urn}::id`,
  };
  const others = [
    { urn: urnOf("old"), type: "a:b:C", delete: true },
    { urn: urnOf("read"), type: "a:b:C", external: true },
  ];
  const state = readState(exported([provider, kept, ...others]));
  const [, resource] = [...state.inputs()];
  expect([...state.urns]).toEqual([provider.urn, kept.urn]);
  expect(resource).toMatchObject({ name: "a::b", type: "a:b:C", provider: { name: "aws" } });
  expect(resource?.properties?.decode()).toEqual({ in: 1 });
  expect(resource?.provider?.properties?.decode()).toEqual({ region: "x" });
  expect(state.outputs()[1]?.properties?.decode()).toEqual({ out: 2 });
  expect(state).toMatchObject({ project: "web", stack: "dev", rootUrn: urnOf("web-dev", "pulumi:pulumi:Stack") });
});

test("a secret is opened by its plain text or by what it was decrypted to, and is unknown otherwise", () => {
  const inputs = {
    shown: secret({ plaintext: '{"deep":["a"]}' }),
    opened: secret({ ciphertext: "v1:1" }),
    closed: [secret({ ciphertext: "v1:2" })],
    other: { [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e", urn: urnOf("y"), id: "y-1" },
    component: { [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e", urn: urnOf("z") },
  };
  const [resource] = readState(exported([{ urn: urnOf("x"), type: "t", inputs }]), { "v1:1": "7" }).inputs();
  expect(resource?.properties?.decode()).toEqual({
    shown: secret({ value: { deep: ["a"] } }),
    opened: secret({ value: 7 }),
    closed: [secret({ value: UNKNOWN.string })],
    other: "y-1",
    component: urnOf("z"),
  });
});

test("the file of a stack in a bucket is read, too, and one without resources", () => {
  const checkpoint = { latest: { resources: [{ urn: urnOf("x"), type: "t" }] } };
  expect(readState(JSON.stringify({ version: 3, checkpoint })).urns.size).toBe(1);
  expect(readState(JSON.stringify({ version: 3, deployment: null })).urns.size).toBe(0);
});
