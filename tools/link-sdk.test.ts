import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linkSdk } from "./link-sdk.ts";

const root = mkdtempSync(join(tmpdir(), "quillon-link-"));
const built = join(root, "built");
mkdirSync(built);
writeFileSync(join(built, "package.json"), '{"name":"@quillon/policy","version":"9.8.7"}');

function pack(name: string, manifest: string): string {
  const directory = join(root, name);
  mkdirSync(join(directory, "node_modules/@quillon/policy"), { recursive: true });
  writeFileSync(join(directory, "node_modules/@quillon/policy/old.js"), "");
  writeFileSync(join(directory, "package.json"), manifest);
  return directory;
}

test("the SDK is put in place, and named so that npm pack takes it along; once, however often", () => {
  const directory = pack(
    "once",
    '{\n    "name": "p",\n    "dependencies": {"a": "1"},\n    "bundledDependencies": ["b"]\n}\n',
  );
  for (const _ of [1, 2]) expect(linkSdk(directory, built)).toMatchObject({ version: "9.8.7" });
  expect(readFileSync(join(directory, "package.json"), "utf8")).toBe(
    `${JSON.stringify(
      { name: "p", dependencies: { a: "1", "@quillon/policy": "9.8.7" }, bundleDependencies: ["b", "@quillon/policy"] },
      null,
      4,
    )}\n`,
  );
  expect(existsSync(join(directory, "node_modules/@quillon/policy/package.json"))).toBe(true);
  expect(existsSync(join(directory, "node_modules/@quillon/policy/old.js"))).toBe(false);
});

test("what is not a pack, or a build that is not there, is an error that says what to do", () => {
  expect(() => linkSdk(root, built)).toThrow(/is not a pack: it has no package\.json\. Run `npm init`/);
  expect(() => linkSdk(pack("x", "{}"), join(root, "nowhere"))).toThrow(/The SDK is not built\. Run: npm run build/);
});
