import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { publishedPath } from "./carried-packages.ts";
import { TestFolder } from "./testing.ts";

test("a file of a linked package is named as if it were installed", () => {
  const folder = new TestFolder({
    "package.json": JSON.stringify({ name: "@team/names" }),
    "src/package.json": JSON.stringify({ type: "module" }),
  });
  onTestFinished(() => folder.remove());
  const [pack, file] = ["pack", "src/index.js"].map((path) => join(folder.directory, path)) as [string, string];
  expect(publishedPath(pack, file)).toBe("node_modules/@team/names/src/index.js");
});
