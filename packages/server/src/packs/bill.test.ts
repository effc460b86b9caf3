import { describe, expect, test } from "vitest";
import { readBill } from "./bill.ts";

const bill = (components: unknown, more: object = {}) =>
  JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.6", components, ...more });

const packagesOf = (components: unknown) => readBill(bill(components)).packages;

describe("the packages of a bill of materials", () => {
  test.each<[string, unknown, object[]]>([
    [
      "a scope and a name are one name",
      [{ group: "@pulumi", name: "aws", version: "7.0.0", purl: "pkg:npm/%40pulumi/aws@7.0.0" }],
      [{ name: "@pulumi/aws", version: "7.0.0", license: null, purl: "pkg:npm/%40pulumi/aws@7.0.0" }],
    ],
    ["a package without a version", [{ name: "a" }], [{ name: "a", version: "", license: null, purl: null }]],
    [
      "licences by id, by name and as an expression",
      [
        { name: "a", version: "1", licenses: [{ license: { id: "MIT" } }, { license: { name: "Ours" } }] },
        { name: "b", version: "1", licenses: [{ expression: "MIT OR Apache-2.0" }] },
      ],
      [
        { name: "a", version: "1", license: "MIT, Ours", purl: null },
        { name: "b", version: "1", license: "MIT OR Apache-2.0", purl: null },
      ],
    ],
    [
      "components inside of others count, and each version once",
      [
        { name: "a", version: "1", components: [{ name: "b", version: "2", components: [{ name: "c" }] }] },
        { name: "b", version: "2" },
      ],
      [
        { name: "a", version: "1", license: null, purl: null },
        { name: "b", version: "2", license: null, purl: null },
        { name: "c", version: "", license: null, purl: null },
      ],
    ],
    [
      "what has no plain name is left out",
      [{ name: "a\u0000" }, { name: 1 }, { name: "" }, { name: "\ud800" }, { name: "x".repeat(501) }, null, "a", {}],
      [],
    ],
    [
      "so is what an index can't hold",
      [
        { group: "語".repeat(400), name: "語".repeat(400) },
        { name: "語".repeat(400), version: "語".repeat(400) },
      ],
      [],
    ],
    ["a list that is none", { name: "a" }, []],
    ["no list", undefined, []],
  ])("%s", (_, components, packages) => {
    expect(packagesOf(components).sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(packages);
  });

  test("deep nesting and many components are bounded", () => {
    const deep = '{"name":"a","components":['.repeat(4_000);
    const ends = "]}".repeat(4_000);
    expect(readBill(`{"bomFormat":"CycloneDX","components":[${deep}${ends}]}`).packages).toHaveLength(1);
    const many = Array.from({ length: 5_001 }, (_, i) => ({ name: `a${i}` }));
    expect(() => packagesOf(many)).toThrow("more than 5000 components");
    const versions = Array.from({ length: 101 }, (_, i) => ({ name: "a", version: `${i}` }));
    expect(packagesOf([...versions.slice(1), { name: "a", version: "1" }])).toHaveLength(100);
    expect(() => packagesOf(versions)).toThrow("more than 100 versions of a");
  });
});

test.each<[string, string, string]>([
  ["no JSON", "{", "JSON"],
  ["another format", JSON.stringify({ bomFormat: "SPDX" }), "bomFormat"],
  ["not an object", "[]", "bomFormat"],
])("%s is no bill of materials", (_, text, message) => {
  expect(() => readBill(text)).toThrow(message);
});

describe("the SDK that a pack runs on", () => {
  const marked = (...properties: object[]) =>
    readBill(bill([{ name: "a" }, { group: "@quillon", name: "policy", version: "0.1.0", properties }])).sdk;

  test("is the component that is marked, and says what it replaces", () => {
    const sdk = { name: "quillon:sdk", value: "true" };
    expect(marked(sdk)).toEqual({ name: "@quillon/policy", version: "0.1.0" });
    expect(marked(sdk, { name: "quillon:replaces", value: "@pulumi/policy@1.21.0" })).toEqual({
      name: "@quillon/policy",
      version: "0.1.0",
      replaces: "@pulumi/policy@1.21.0",
    });
  });

  test("is not known when none is marked", () => {
    expect(marked()).toBeNull();
    expect(readBill(bill([{ name: "a", properties: "quillon:sdk" }])).sdk).toBeNull();
  });
});
