// Runs the tests in the SDK's README under Jest and Vitest. Under node:test, they run with the package's unit tests.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { linkSdk } from "../tools/link-sdk.ts";

const root = mkdtempSync(join(tmpdir(), "quillon-test-kit-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const readme = readFileSync(new URL("../packages/sdk/README.md", import.meta.url), "utf8");
const example = Object.fromEntries(
  [...readme.matchAll(/```js\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, name, code]) => [name, code as string]),
) as { "index.js": string; "index.test.js": string };
const NODE_TEST = 'const { after, before, test } = require("node:test");\n';

function run(command: string, ...args: string[]): string {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, env, encoding: "utf8", timeout: 240_000 });
  expect(status, stdout + stderr).toBe(0);
  return stdout + stderr;
}

beforeAll(() => {
  const manifest = { name: "pack", version: "1.0.0", main: "index.js", dependencies: { "@pulumi/pulumi": "3.220.0" } };
  writeFileSync(join(root, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(root, "index.js"), example["index.js"]);
  linkSdk(root);
  run("npm", "install", "--no-save", "--loglevel=error", "jest@30.5.2", "vitest@4.1.12");
  expect(example["index.test.js"]).toContain(NODE_TEST);
});

test("the README's tests pass under Jest", () => {
  const own = "const [after, before] = [afterAll, beforeAll];\n";
  writeFileSync(join(root, "jest.test.js"), example["index.test.js"].replace(NODE_TEST, own));
  expect(run("npx", "jest", "jest.test.js")).toMatch(/Tests: +6 passed, 6 total/);
});

test("the README's tests pass under Vitest", () => {
  const own = `import { createRequire } from "node:module";
import { afterAll as after, beforeAll as before, test } from "vitest";
const require = createRequire(import.meta.url);
`;
  const code = own + example["index.test.js"].replace(NODE_TEST, "");
  writeFileSync(join(root, "vitest.test.mjs"), code);
  expect(run("npx", "vitest", "run", "vitest.test.mjs")).toMatch(/Tests +6 passed \(6\)/);
});
