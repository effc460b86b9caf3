import { expect, test } from "vitest";
import { installCommands } from "./install-pack.ts";

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
