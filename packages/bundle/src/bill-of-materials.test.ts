import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
import { billOfMaterials } from "./bill-of-materials.ts";
import type { CarriedPackage } from "./carried-packages.ts";
import { readNodePack } from "./pack.ts";
import { manifest, packsInTests, pets, telling, unpack } from "./testing.ts";

const { lay, bundle } = packsInTests();

/** By the format's own schema. The library's validator needs more packages for two formats of texts that are not used here. */
function expectValid(text: string): void {
  isValid(JSON.parse(text));
  expect(isValid.errors).toBeNull();
}

const isValid = (() => {
  const library = createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json");
  const read = (name: string) =>
    JSON.parse(readFileSync(join(library, `../res/schema/${name}.SNAPSHOT.schema.json`), "utf8"));
  const others = ["spdx", "jsf-0.82"].map((name) => [
    `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`,
    read(name),
  ]);
  const ajv = new Ajv({ strict: false, schemas: Object.fromEntries(others) });
  addFormats.default(ajv);
  for (const format of ["idn-email", "iri-reference"]) ajv.addFormat(format, true);
  return ajv.compile(read("bom-1.6"));
})();

interface Component {
  group?: string;
  name: string;
  version?: string;
  purl: string;
  licenses?: object[];
  properties?: object[];
  evidence?: { licenses: { license: { name: string; text: { content: string } } }[] };
}

async function billIn(files: Record<string, string>): Promise<{ components: Component[] }> {
  const { archive, problems, sdk } = await bundle(files);
  expect(problems).toEqual([]);
  expect(sdk).toMatchObject({ name: "@quillon/policy", replaces: expect.stringMatching(/^@pulumi\/policy@1\./) });
  const text = (await unpack(archive)).get("package/bom.cdx.json") ?? "";
  expectValid(text);
  return JSON.parse(text);
}

const nameOf = ({ group, name }: Component) => [group, name].filter(Boolean).join("/");

test("the artifact says which packages' code is in it, of providers too, and with which licences", async () => {
  const { components } = await billIn({
    ...pets,
    "package.json": manifest({ dependencies: { used: "1", unused: "1", "@acme/pets": "1" } }),
    "index.js": telling('[require("used").word, require("@acme/pets").index.Dog.__pulumiType]'),
    "node_modules/used/package.json": manifest({ name: "used", version: "1.2.3", license: "MIT" }),
    "node_modules/used/esm/package.json": JSON.stringify({ type: "module" }),
    "node_modules/used/index.js": 'exports.word = require("./lib/word");',
    "node_modules/used/lib/word.js": 'module.exports = require("inner");',
    "node_modules/used/LICENSE": "May be used.\n",
    "node_modules/used/node_modules/inner/package.json": manifest({
      name: "inner",
      version: "0.1.0",
      licenses: [{ type: "MIT" }, { type: "Apache-2.0" }],
    }),
    "node_modules/used/node_modules/inner/index.js": "module.exports = 1;",
    "node_modules/unused/package.json": manifest({ name: "unused", version: "9.9.9" }),
    "node_modules/unused/index.js": "",
  });
  expect(components.map(nameOf)).toEqual([
    "@acme/pets",
    "@bufbuild/protobuf",
    "@cfworker/json-schema",
    "@quillon/policy",
    "inner",
    "used",
  ]);
  const [provider, protobuf, , sdk, inner, used] = components;
  expect(provider?.purl).toBe("pkg:npm/%40acme/pets@1.0.0");
  expect(protobuf?.licenses).toEqual([{ expression: "(Apache-2.0 AND BSD-3-Clause)" }]);
  expect(sdk?.properties).toEqual([
    { name: "quillon:sdk", value: "true" },
    { name: "quillon:replaces", value: expect.stringMatching(/^@pulumi\/policy@1\./) },
  ]);
  expect(inner?.licenses).toEqual([{ expression: "MIT OR Apache-2.0" }]);
  expect(used).toMatchObject({ version: "1.2.3", licenses: [{ license: { id: "MIT" } }] });
  expect(used?.evidence?.licenses).toEqual([
    { license: { name: "file: LICENSE", text: { contentType: "text/plain", content: "May be used.\n" } } },
  ]);
});

test("a library in a linked folder is named by its own package.json", async () => {
  const library = lay({
    "package.json": manifest({ name: "@team/library", version: "3.0.0" }),
    "src/index.js": "module.exports = 2;",
  });
  const files = { "index.js": telling('require("@team/library/src")') };
  const { archive } = await bundle(files, { "@team/library": library.directory });
  const { components } = JSON.parse((await unpack(archive)).get("package/bom.cdx.json") ?? "");
  expect(components.map(nameOf)).toContain("@team/library");
});

test.each<[string | undefined, object[] | undefined]>([
  ["MIT", [{ license: { id: "MIT" } }]],
  ["mit", [{ license: { id: "MIT" } }]],
  ["MIT OR (ISC AND BSD-3-Clause)", [{ expression: "MIT OR (ISC AND BSD-3-Clause)" }]],
  ["SEE LICENSE IN LICENSE", [{ license: { name: "SEE LICENSE IN LICENSE" } }]],
  ["MIT or so", [{ license: { name: "MIT or so" } }]],
  [undefined, undefined],
])("the licence %s", async (license, expected) => {
  const pack = lay({ "index.js": "" });
  const one: CarriedPackage = { name: "a", version: "1", license, texts: {} };
  const text = billOfMaterials(readNodePack(pack.directory), [one], { name: "b", version: "1" });
  expectValid(text);
  expect(JSON.parse(text).components[0].licenses).toEqual(expected);
});
