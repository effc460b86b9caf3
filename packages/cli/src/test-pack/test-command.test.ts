import { expect, test } from "vitest";
import { testCommands } from "./test-command.ts";

const node = process.execPath;

test.each([
  ["its own script", { runtime: "nodejs", options: {}, script: "jest" }, [["npm", "run", "test"]]],
  [
    "its own script, by its package manager",
    { runtime: "nodejs", options: { packagemanager: "yarn" }, script: "jest" },
    [["yarn", "run", "test"]],
  ],
  [
    "Node.js, where the script is that of `npm init`",
    { runtime: "nodejs", options: {}, script: 'echo "Error: no test specified" && exit 1' },
    [[node, "--test"]],
  ],
  ["Node.js, without a script", { runtime: "nodejs", options: {} }, [[node, "--test"]]],
  ["bun", { runtime: "bun", options: {} }, [["bun", "test"]]],
  ["unittest", { runtime: "python", options: {}, python: "py", modules: [] }, [["py", "-m", "unittest"]]],
  ["pytest", { runtime: "python", options: {}, python: "py", modules: ["pytest"] }, [["py", "-m", "pytest"]]],
])("%s runs the tests", (_, pack, expected) => {
  expect(testCommands(pack)).toEqual(expected);
});

test("the lines that ran are reported in Python, where that can be done", () => {
  const commands = testCommands({ runtime: "python", options: {}, python: "py", modules: ["pytest", "coverage"] });
  expect(commands.map(([, , module, what, ...args]) => [module, what, args.at(-1)])).toEqual([
    ["coverage", "run", "pytest"],
    ["coverage", "report", undefined],
  ]);
});

test("another runtime is said", () => {
  expect(() => testCommands({ runtime: "opa", options: {} })).toThrow(
    "How policy packs for opa are tested is not known",
  );
});
