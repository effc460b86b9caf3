import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { TestFolder } from "../testing.ts";
import { readPythonPack } from "./pack.ts";

test.each<[string, Record<string, string>, string | undefined]>([
  ["pip", { "rules/.venv/pyvenv.cfg": "" }, undefined],
  ["uv", { "uv.lock": "", "rules/pyproject.toml": "" }, ".venv"],
  ["uv", { "rules/pyproject.toml": "" }, "rules/.venv"],
  ["poetry", { "rules/.venv/pyvenv.cfg": "" }, "rules/.venv"],
  ["poetry", {}, undefined],
])("%s makes the virtual environment of a pack, with %j, in %s", (toolchain, files, wanted) => {
  const project = `runtime: { name: python, options: { toolchain: ${toolchain} } }`;
  const folder = new TestFolder({ "rules/PulumiPolicy.yaml": project, ...files });
  onTestFinished(() => folder.remove());
  const { virtualenv } = readPythonPack(join(folder.directory, "rules"));
  expect(virtualenv).toBe(wanted && join(folder.directory, wanted));
});
