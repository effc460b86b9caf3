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
  [
    "a file that begins with many comments takes no time",
    {
      "package.json": manifest({ main: "index.js" }),
      "index.js": telling('require("loose").me() + require("tight").you'),
      "node_modules/loose/index.js": `${"/* A licence. */\n".repeat(60)}exports.me = () => { mine = 'loose'; return mine; };`,
      "node_modules/tight/index.mjs": "export const you = 'tight';",
      "node_modules/tight/package.json": '{"name":"tight","version":"1.0.0","exports":"./index.mjs"}',
    },
    "loosetight",
  ],
])("in a bundle, %s", async (_, files, wanted) => {
  const { description, problems } = await bundle(files);
  expect(problems.map(problemLine)).toEqual([]);
  expect(JSON.parse(description.policies[0]?.description ?? "")).toBe(wanted);
});
