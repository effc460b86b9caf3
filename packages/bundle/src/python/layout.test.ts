import { expect, onTestFinished, test } from "vitest";
import type { Files } from "../artifact.ts";
import { TestFolder } from "../testing.ts";
import { launcherLayout } from "./launcher-layout.ts";
import { venvLayout } from "./layout.ts";
import { readPythonPack } from "./pack.ts";
import { readWheel } from "./wheel.ts";
import { zipOf } from "./zip-in-tests.ts";

const wheel = (
  name: string,
  { tag = "py3-none-any", more = {} }: { tag?: string; more?: Record<string, string> } = {},
) =>
  readWheel(
    `${name}-1-${tag}.whl`,
    zipOf({ [`${name}.py`]: "", [`${name}-1.dist-info/METADATA`]: `Name: ${name}\nVersion: 1\n`, ...more }),
  );
const program = (name: string) => ({ more: { [`${name}-1.dist-info/entry_points.txt`]: "[console_scripts]\n" } });

const onlyHere = { python: "3.11", platform: "linux-x86_64" };
const elsewhere = { python: "3.12", platform: "windows-x86_64" };
const pulumi = wheel("pulumi");
const grpcio = wheel("grpcio", { tag: "cp311-cp311-manylinux2014_x86_64" });

function pack() {
  const folder = new TestFolder({
    "PulumiPolicy.yaml": "runtime:\n  name: python\n  options:\n    virtualenv: mine\nversion: 1.0.0\n",
  });
  onTestFinished(() => folder.remove());
  return readPythonPack(folder.directory);
}

/** Without what says what is in the packages. */
const pathsOf = (files: Files) => [...files.keys()].filter((path) => !path.includes(".dist-info/")).sort();
const published = new Map([
  ["__main__.py", ""],
  ["requirements.txt", ""],
]);

test("in a virtual environment lies already what pip has nothing else to do for", () => {
  const tool = wheel("pip", program("pip"));
  const wheels = [pulumi, grpcio, tool, wheel("semver", program("semver"))];
  const all = [
    { target: onlyHere, wheels },
    { target: elsewhere, wheels: [pulumi] },
  ];
  const { files } = venvLayout(pack(), { published, all, bill: "{}" });
  expect(pathsOf(files)).toEqual([
    "PulumiPolicy.yaml",
    "__main__.py",
    "bom.cdx.json",
    "requirements.txt",
    "venv/Lib/site-packages/pulumi.py",
    "venv/lib/python3.11/site-packages/pip.py",
    "venv/lib/python3.11/site-packages/pulumi.py",
    "venv/pip.conf",
    "venv/pip.ini",
    "wheels/grpcio-1-cp311-cp311-manylinux2014_x86_64.whl",
    "wheels/semver-1-py3-none-any.whl",
  ]);
  expect(files.get("PulumiPolicy.yaml")).toContain("virtualenv: venv");
});

test("of a package that is there in two versions, pip chooses one", () => {
  const other = readWheel("pip-2-py3-none-any.whl", wheel("pip").content);
  const { files } = venvLayout(pack(), {
    published,
    all: [{ target: onlyHere, wheels: [wheel("pip"), other] }],
    bill: "{}",
  });
  expect(pathsOf(files).filter((path) => path.includes("pip-"))).toEqual([
    "wheels/pip-1-py3-none-any.whl",
    "wheels/pip-2-py3-none-any.whl",
  ]);
});

test("without one, all lies beside what starts Python, once where it is for all machines", () => {
  const runs = wheel("only_here", { more: { "only_here/run.sh": "" } });
  const all = [
    { target: onlyHere, wheels: [pulumi, grpcio, runs] },
    { target: elsewhere, wheels: [pulumi] },
  ];
  const { files, programs } = launcherLayout(pack(), {
    published: new Map([...published, ["yarn.lock", ""]]),
    all,
    bill: "{}",
  });
  expect(pathsOf(files)).toEqual([
    ".python/3.11-linux-x86_64/grpcio.py",
    ".python/3.11-linux-x86_64/only_here.py",
    ".python/3.11-linux-x86_64/only_here/run.sh",
    ".python/any/pulumi.py",
    ".python/launch.py",
    ".python/machines.txt",
    "PulumiPolicy.yaml",
    "__main__.py",
    "bom.cdx.json",
    "node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js",
    "node_modules/@pulumi/pulumi/package.json",
    "package.json",
    "requirements.txt",
  ]);
  expect([...programs]).toEqual([".python/3.11-linux-x86_64/only_here/run.sh"]);
  expect(files.get("PulumiPolicy.yaml")).toBe("runtime: nodejs\nversion: 1.0.0\n");
  expect(JSON.parse(String(files.get("package.json")))).toMatchObject({
    engines: { node: ">=20", python: "3.11 || 3.12" },
    dependencies: { "@pulumi/pulumi": "1" },
  });
});
