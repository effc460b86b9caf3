import { mkdirSync, symlinkSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { TestFolder } from "../testing.ts";
import { pythonFiles } from "./published-files.ts";

function folder(files: Record<string, string>): string {
  const made = new TestFolder(files);
  onTestFinished(() => made.remove());
  return made.directory;
}

test("what .gitignore leaves out is not published, here, below and in the folders above", () => {
  const directory = folder({
    ".gitignore": "*.pem\n/packs/py/only-here.txt\n",
    "packs/py/.gitignore": "build/\n*.log\n!kept.log\n",
    "packs/py/__main__.py": "",
    "packs/py/ca.pem": "",
    "packs/py/only-here.txt": "",
    "packs/py/build/a.txt": "",
    "packs/py/a.log": "",
    "packs/py/kept.log": "",
    "packs/py/data/.gitignore": "b.txt",
    "packs/py/data/a.txt": "",
    "packs/py/data/b.txt": "",
  });
  expect([...pythonFiles(join(directory, "packs/py")).keys()]).toEqual([
    ".gitignore",
    "__main__.py",
    "data/.gitignore",
    "data/a.txt",
    "kept.log",
  ]);
});

test("neither virtual environments, nor what Python compiles, nor git's own are published, and links are followed", () => {
  const directory = folder({
    "pack/pyvenv.cfg": "",
    "pack/__main__.py": "",
    "pack/.git": "gitdir: /elsewhere",
    "pack/mine/pyvenv.cfg": "",
    "pack/mine/lib/a.py": "",
    "pack/.venv/a.py": "",
    "pack/__pycache__/a.pyc": "",
    "pack/b.pyc": "",
    "shared/c.py": "",
  });
  mkdirSync(join(directory, "pack/lib"));
  symlinkSync(join(directory, "shared"), join(directory, "pack/lib/shared"));
  symlinkSync("nowhere", join(directory, "pack/lib/nothing"));
  expect([...pythonFiles(join(directory, "pack")).keys()]).toEqual(["__main__.py", "lib/shared/c.py", "pyvenv.cfg"]);
});

test("links to where they are themselves lead nowhere, and what is no file is not read", () => {
  const directory = folder({ "__main__.py": "", "lib/a.py": "" });
  for (const name of ["one", "other"]) symlinkSync(directory, join(directory, "lib", name));
  symlinkSync(devNull, join(directory, "device"));
  expect([...pythonFiles(directory).keys()]).toEqual(["__main__.py", "lib/a.py"]);
});

test.each([".env", ".envrc", ".pypirc", "pip.conf", "settings/.netrc"])("%s is refused", (path) => {
  expect(() => pythonFiles(folder({ "__main__.py": "", [path]: "" }))).toThrow(
    `${path} would be published, and it is a file for secrets. Move it out of the policy pack's folder, or name it in .gitignore.`,
  );
});
