import { expect, test } from "vitest";
import { problemLine } from "./index.ts";
import { manifest, packsInTests, telling } from "./testing.ts";

const { bundle } = packsInTests();

test.each<[string, Record<string, string>, unknown]>([
  [
    "an ES module is in strict mode, and what it imports",
    {
      "package.json": manifest({ main: "index.mjs" }),
      "index.mjs": `import { PolicyPack } from "@pulumi/policy";
import { me } from "./me.mjs";
new PolicyPack("pack", { policies: [{ name: "tells", enforcementLevel: "advisory", description: JSON.stringify(me()), validateResource() {} }] });`,
      "me.mjs": "export function me() { return typeof this; }",
    },
    "undefined",
  ],
  [
    "a dependency is not, when only the pack is",
    {
      "index.js": `"use strict";\n${telling('require("loose").me()')}`,
      "node_modules/loose/index.js": "exports.me = () => { mine = 'loose'; return mine; };",
    },
    "loose",
  ],
])("in a bundle, %s", async (_, files, wanted) => {
  const { description, problems } = await bundle(files);
  expect(problems.map(problemLine)).toEqual([]);
  expect(JSON.parse(description.policies[0]?.description ?? "")).toBe(wanted);
});
