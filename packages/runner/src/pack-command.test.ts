import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packCommand } from "./pack-command.ts";

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
