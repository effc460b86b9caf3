import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { howToInstall, howToInstallInPython, howToMake, installCommands } from "./install-commands.ts";

const python = process.env.PULUMI_PYTHON_CMD || "python3";

test.each([
  ["nodejs", {}, ["package.json"], [["npm", "install"]]],
  ["nodejs", { packagemanager: "pnpm" }, ["package.json"], [["pnpm", "install"]]],
  ["nodejs", {}, [], []],
  ["bun", {}, ["package.json"], [["bun", "install"]]],
  [
    "python",
    { virtualenv: "venv" },
    ["requirements.txt", "requirements-dev.txt"],
    [
      [python, "-m", "venv", "venv"],
      ["venv/bin/python", "-m", "pip", "install", "-r", "requirements.txt", "-r", "requirements-dev.txt"],
    ],
  ],
  ["python", { virtualenv: "venv" }, [], [[python, "-m", "venv", "venv"]]],
  ["python", {}, ["uv.lock"], [["uv", "sync"]]],
  ["python", { toolchain: "poetry" }, [], [["poetry", "install", "--no-root"]]],
  ["opa", {}, ["policy.rego"], []],
])("a pack for %s with %j and %j is installed", (runtime, options, files: string[], expected) => {
  expect(installCommands({ runtime, options }, (file) => files.includes(file))).toEqual(expected);
});

function folderWith(...files: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "quillon-install-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const file of files) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), "");
  }
  return folder;
}

test.each([
  [["requirements.txt"], `${python} -m venv venv && venv/bin/python -m pip install -r requirements.txt`],
  [["uv.lock"], "uv sync"],
])("of a virtual environment that is not there, with %j, is said how it is made", (files, commands) => {
  const folder = folderWith(...files);
  expect(howToMake("venv", folder)).toBe(`Run \`${commands}\` in ${folder}.`);
});

const inPython = "ModuleNotFoundError: No module named 'pulumi'";
test.each([
  [inPython, [], "py -m pip install pulumi-policy"],
  [inPython, ["requirements.txt"], "py -m pip install -r requirements.txt"],
  [inPython, ["uv.lock", "requirements.txt"], "uv sync"],
  [inPython, ["poetry.lock"], "poetry install --no-root"],
  ["Error: Cannot find module '@quillon/policy'\nRequire stack:", ["package.json"], "npm install"],
  ["Cannot find package 'yaml' imported from /a/index.js", ["pnpm-lock.yaml"], "pnpm install"],
  ["error TS2307: Cannot find module 'yaml'", ["yarn.lock"], "yarn install"],
  ["Error: Cannot find module './rules'", [], undefined],
  ["Error: Cannot find module '/a/dist/index.js'", [], undefined],
  ["Error: there is no module named so", [], undefined],
])("of a pack that ends with %s, beside %j, is said how what it needs is installed: %s", (printed, files, command) => {
  const folder = folderWith(...files);
  expect(howToInstall(printed, "py", folder)).toBe(command ? `Run \`${command}\` in ${folder}.` : "");
});

test.each([
  [
    ".venv/pyvenv.cfg",
    /^PulumiPolicy\.yaml does not name the virtual environment in \.venv.* Write `virtualenv: \.venv`/,
  ],
  ["requirements.txt", /^Activate the virtual .*\. Or run `\S+ -m pip install -r requirements\.txt` in /],
])("of a pack that the Python of the PATH ran, beside %s, is said how it gets its environment", (file, says) => {
  expect(howToInstallInPython(python, folderWith(file))).toMatch(says);
});
