import { PackFailed } from "@quillon/runner";
import { expect, onTestFinished, test } from "vitest";
import { TestFolder } from "../testing.ts";
import { pythonPackAsItIs } from "./index.ts";

test.each([
  [
    "that nothing names",
    { "venv/pyvenv.cfg": "" },
    /exit code[\s\S]*\n.* Write `virtualenv: venv` into .* its runtime/,
  ],
  ["that is not there", {}, PackFailed],
])("a pack that does not start beside a virtual environment %s is told what to do", async (_, files, why) => {
  const folder = new TestFolder({ "PulumiPolicy.yaml": "runtime: python\n", "__main__.py": "wrong()", ...files });
  onTestFinished(() => folder.remove());
  await expect(pythonPackAsItIs({ directory: folder.directory })).rejects.toThrow(why);
});
