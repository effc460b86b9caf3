import { expect, test } from "vitest";
import { problemLine } from "./index.ts";
import { manifest, packsInTests, telling } from "./testing.ts";

const { bundle } = packsInTests();

test("what is not there, and asked for under a condition only, is left to Node.js, and said with its place", async () => {
  const {
    problems,
    absent = [],
    description,
  } = await bundle({
    "package.json": manifest({ main: "src/index.js" }),
    "local.json": '"of another folder"',
    "src/index.js": telling(
      '[why(() => process.env.NOWHERE ? 1 : require("not-there")), why(() => { if (!process.env.NOWHERE) return require("./local.json"); })]',
      "const why = (load) => { try { return load(); } catch ({ code }) { return code; } };",
    ),
  });
  expect(problems).toEqual([]);
  expect(JSON.parse(description.policies[0]?.description ?? "")).toEqual(["MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);
  expect(absent.map(problemLine)).toEqual([
    'src/index.js:4:121: Could not resolve "not-there"',
    'src/index.js:4:189: Could not resolve "./local.json"',
  ]);
});
