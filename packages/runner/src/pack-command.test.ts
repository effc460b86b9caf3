import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packCommand } from "./pack-command.ts";
import { adviceOnPython, systemPython } from "./python.ts";

const python = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";

test.each<[options: Record<string, string>, environment: string, isItsOwn: boolean]>([
  [{ toolchain: "uv" }, ".venv", true],
  [{ toolchain: "poetry" }, ".venv", true],
  [{ toolchain: "pip" }, ".venv", false],
  [{ toolchain: "uv", virtualenv: "other" }, "other", true],
])("with %j, and an environment in %s, a Python pack is started there: %s", (options, environment, isItsOwn) => {
  const directory = mkdtempSync(join(tmpdir(), "quillon-python-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const program = join(directory, environment, python);
  mkdirSync(join(program, ".."), { recursive: true });
  writeFileSync(program, "");
  const { command } = packCommand(directory, { name: "python", options });
  expect(command[0] === program).toBe(isItsOwn);
});

function folderWith(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), "quillon-python-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

test.each<[files: Record<string, string>, says: RegExp]>([
  [{}, /Run `pulumi install` in \S+\.$/],
  [
    { "requirements.txt": "" },
    /or without the Pulumi CLI: python3? -m venv \.venv && \.venv\S+ install -r requirements\.txt$/,
  ],
])("with the files %j, what makes an environment that is missing is said", (files, says) => {
  const options = { virtualenv: ".venv" };
  expect(() => packCommand(folderWith(files), { name: "python", options })).toThrow(says);
});

const printed =
  "Error while finding module specification for 'pulumi.policy' (ModuleNotFoundError: No module named 'pulumi')";

test.each<[what: string, files: Record<string, string>, python: string, says: RegExp]>([
  ["an environment that is not named", { ".venv/pyvenv.cfg": "" }, systemPython(), /Write `virtualenv: \.venv` into/],
  ["no environment", {}, systemPython(), /lacks what the pack needs.*Activate the one that has it.*-m venv venv/],
  ["an environment without packages", {}, "/a/venv/bin/python", /: \/a\/venv\/bin\/python -m pip install -r/],
])("a pack with %s that does not find Pulumi is told what to do", (_, files, python, says) => {
  const directory = folderWith(files);
  expect(adviceOnPython(directory, python, printed)).toMatch(says);
  expect(adviceOnPython(directory, python, "No module named 'pulumi_aws'")).toBeUndefined();
});
