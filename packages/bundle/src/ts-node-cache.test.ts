import { join } from "node:path";
import { expect, test } from "vitest";
import { compileProgram } from "./compile-program.ts";
import { inFolder, metadataOf } from "./same-metadata.ts";
import { manifest, packsInTests, TestFolder, telling } from "./testing.ts";
import { runnerRemembers } from "./ts-node-cache.ts";

const { lay } = packsInTests();

test("Pulumi's runner takes what is compiled already, and compiles nothing again", async () => {
  const { directory } = lay({
    "package.json": manifest({ main: "index.ts" }),
    "tsconfig.json": JSON.stringify({ compilerOptions: { strict: true, lib: ["es2022"], types: [] } }),
    "index.ts": telling("word", 'import { word } from "./word";').replace(
      'const { PolicyPack } = require("@pulumi/policy");',
      'import { PolicyPack } from "@pulumi/policy";',
    ),
    "word.ts": 'export const word: string = "compiled there";',
  });
  const { remembered } = compileProgram(directory, join(directory, "index.ts"));
  const marked = [...remembered].map(
    ([path, text]) => [path, text.replace("compiled there", "compiled here")] as const,
  );
  const { policies } = await inFolder(new Map(marked), (folder) =>
    metadataOf(directory, { env: { ...process.env, TS_NODE_CACHE_DIRECTORY: folder } }),
  );
  expect(policies.map(({ description }) => description)).toEqual(['"compiled here"']);
});

test("what another ts-node would remember is not known", () => {
  const remembers = (files: Record<string, string>) => {
    const pulumi = { "package.json": "{}", "vendor/ts-node@7.0.1/index.js": "" };
    const inside = Object.entries(pulumi).map(([path, text]) => [`node_modules/@pulumi/pulumi/${path}`, text]);
    const pack = new TestFolder({ ...files, ...Object.fromEntries(inside) });
    const found = runnerRemembers(pack.directory);
    pack.remove();
    return found;
  };
  expect(remembers({})).toBe(true);
  expect(remembers({ "node_modules/ts-node/index.js": "" })).toBe(false);
});
