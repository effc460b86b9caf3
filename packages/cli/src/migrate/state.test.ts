import { JsonText } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { digestOf, encryptedAnew, factsOf, inPlain, isEmpty, type Untyped } from "./state.ts";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

function stateOf(deployment: object): Untyped {
  return { version: 3, deployment: deployment as Untyped["deployment"] };
}

const urn = (name: string, type = "aws:s3/bucket:Bucket") => `urn:pulumi:prod::web::${type}::${name}`;
const reference = "pulumi:pulumi:StackReference";

test.each<[what: string, deployment: object, facts: object]>([
  ["nothing", {}, { resources: 0, ciphertexts: [], references: [] }],
  ["a null for its resources", { resources: null }, { resources: 0, ciphertexts: [], references: [] }],
  [
    "secrets, the same one twice, and one of a pending operation",
    {
      secrets_providers: { type: "service", state: { url: "u" } },
      resources: [
        { urn: urn("a"), outputs: { list: [{ ...SECRET, ciphertext: "c1" }], again: { ...SECRET, ciphertext: "c1" } } },
      ],
      pending_operations: [{ resource: { inputs: { ...SECRET, ciphertext: "c2" } } }],
    },
    {
      ...{ resources: 1, project: "web", provider: { type: "service", state: { url: "u" } } },
      ...{ ciphertexts: ["c1", "c2"], references: [] },
    },
  ],
  [
    "what only looks like a secret",
    { resources: [{ urn: urn("a"), outputs: { ciphertext: "c", [Object.keys(SECRET)[0] ?? ""]: "other" } }] },
    { resources: 1, project: "web", ciphertexts: [], references: [] },
  ],
  [
    "references to other stacks",
    {
      resources: [
        { urn: urn("a", reference), type: reference, inputs: { name: "acme/net/prod" } },
        { urn: urn("b", reference), type: reference, inputs: { name: "acme/net/prod" } },
        { urn: urn("c", reference), type: reference },
        { urn: urn("d"), type: "other", inputs: { name: "acme/x/y" } },
      ],
    },
    { resources: 4, project: "web", ciphertexts: [], references: ["acme/net/prod"] },
  ],
])("a state with %s", (_, deployment, facts) => {
  expect(factsOf(stateOf(deployment))).toEqual(facts);
});

test("secrets are replaced, and all else stays to the digit", () => {
  const text = `{"version":3,"features":["x"],"deployment":{"big":12345678901234567890,"resources":[{"__proto__":1,"s":{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":"old"}}],"secrets_providers":{"type":"service"}}}`;
  const state = JsonText.parse(text) as Untyped;
  const written = (one: Untyped) => JsonText.stringify(one);
  const anew = encryptedAnew(state, { type: "passphrase" }, new Map([["old", "new"]]));
  expect(written(anew)).toBe(text.replace('"old"', '"new"').replace('"service"', '"passphrase"'));
  expect(written(inPlain(state, new Map([["old", '"king"']])))).toBe(
    text.replace('"ciphertext":"old"', '"plaintext":"\\"king\\""'),
  );
  expect(written(state)).toBe(text);
  expect([digestOf(state) === digestOf(anew), digestOf(state) === digestOf(JsonText.parse(text) as Untyped)]).toEqual([
    false,
    true,
  ]);
  expect(() => encryptedAnew(state, { type: "service" }, new Map())).toThrow("A secret of the state was not answered.");
});

test.each([
  [{}, true],
  [{ secrets_providers: { type: "service" } }, true],
  [{ secrets_providers: { type: "passphrase" } }, false],
  [{ resources: [{}] }, false],
])("%j is empty: %s", (deployment, expected) => {
  expect(isEmpty(factsOf(stateOf(deployment)))).toBe(expected);
});
