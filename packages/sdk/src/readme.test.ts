import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildOnce, layPack, removeAll } from "./differential/peers.ts";

// The complete example of the README is a pack with tests: here they run, against the built package.

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
let root: string;
beforeAll(async () => {
  root = await buildOnce();
});
afterAll(() => removeAll(root));

test("the README's pack passes the README's tests", () => {
  const blocks = [...readme.matchAll(/```js\n\/\/ (\S+)\n([\s\S]*?)```/g)];
  const files = Object.fromEntries(blocks.map(([, name, code]) => [name, code as string]));
  expect(Object.keys(files)).toEqual(["index.js", "index.test.js"]);
  const cwd = layPack(root, "readme", files);
  // Node's test runner must not take itself for a child of this one.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, FORCE_COLOR: "0" };
  const { stdout } = spawnSync(process.execPath, ["--test", "--test-reporter=tap"], { cwd, env, encoding: "utf8" });
  expect(stdout).toContain("# fail 0");
  expect(stdout).toContain("# pass 6");
});

test("its ESM half is there as well", () => {
  const cwd = layPack(root, "esm", {
    "a.mjs": `import { PolicyPack, Secret } from "@quillon/policy";
import { packOf, secret } from "@quillon/policy/testing";
import { createRequire } from "node:module";
const required = createRequire(import.meta.url)("@quillon/policy");
console.log(typeof packOf, secret(1) instanceof Secret, required.PolicyPack === PolicyPack);`,
  });
  expect(execFileSync(process.execPath, ["a.mjs"], { cwd, encoding: "utf8" })).toBe("function true true\n");
});
