import { join } from "node:path";
import { systemPython } from "@quillon/runner";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Files } from "../artifact.ts";
import { run } from "../run.ts";
import { TestFolder } from "../testing.ts";
import { launcherLayout } from "./launcher-layout.ts";
import { venvLayout } from "./layout.ts";
import { readPythonPack } from "./pack.ts";
import { platforms, type Target, thisMachine } from "./targets.ts";
import { readWheel } from "./wheel.ts";
import { isUsed } from "./wheels.ts";
import { zipOf } from "./zip-in-tests.ts";

const wheel = (
  name: string,
  {
    tag = "py3-none-any",
    version = "1",
    requires = [],
    more = {},
  }: { tag?: string; version?: string; requires?: string[]; more?: Record<string, string> } = {},
) =>
  readWheel(
    `${name}-${version}-${tag}.whl`,
    zipOf({
      [`${name}.py`]: "",
      [`${name}-1.dist-info/METADATA`]: [`Name: ${name}`, `Version: ${version}`, ...requires].join("\n"),
      ...more,
    }),
  );
const filesOf = (count: number, text = "") =>
  new Map(Array.from({ length: count }, (_, at) => [`${at}`, { content: Buffer.from(text), isProgram: false }]));
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
    "venv/find-wheels.txt",
    "venv/lib/python3.11/site-packages/pip.py",
    "venv/lib/python3.11/site-packages/pulumi.py",
    "venv/machines.txt",
    "venv/other-machines.txt",
    "venv/pip.conf",
    "venv/pip.ini",
    "venv/this_policy_pack_is_for_Python_3.11_or_3.12_on_linux_x86_64_or_windows_x86_64-1-no-other-machine.whl",
    "wheels/grpcio-1-cp311-cp311-manylinux2014_x86_64.whl",
    "wheels/semver-1-py3-none-any.whl",
  ]);
});

test("the CLI is told of pip's virtual environment alone, because it gives its options to the pack, and older SDKs know no other", () => {
  const locked = new Map([...published, ["uv.lock", ""], ["poetry.lock", ""], ["data/uv.lock", ""]]);
  const { files } = venvLayout(pack(), { published: locked, all: [], bill: "{}" });
  expect(files.get("PulumiPolicy.yaml")).toBe(
    "runtime:\n  name: python\n  options:\n    virtualenv: venv\nversion: 1.0.0\n",
  );
  expect([...files.keys()].filter((path) => path.endsWith(".lock"))).toEqual(["data/uv.lock"]);
});

// The Python of a virtual environment, because a machine's own may have no pip.
const ownPython = new TestFolder({});
beforeAll(async () => {
  const { failure } = await run([systemPython(), "-m", "venv", "venv"], ownPython.directory, { env: process.env });
  expect(failure).toBeUndefined();
});
afterAll(() => ownPython.remove());

test.each<[string, (here: Target) => Target[], boolean]>([
  ["other Pythons", (here) => ["3.97", "3.98"].map((python) => ({ ...here, python })), true],
  [
    "all other platforms",
    (here) =>
      Object.keys(platforms)
        .filter((platform) => platform !== here.platform)
        .map((platform) => ({ ...here, platform })),
    true,
  ],
  ["this Python, too", (here) => ["3.99", here.python].map((python) => ({ ...here, python })), false],
])("pip says what a pack is for, and looks for nothing, where that is %s", async (_, targetsFor, isRefused) => {
  const targets = targetsFor(await thisMachine());
  const all = targets.map((target) => ({ target, wheels: [] }));
  const { files } = venvLayout(pack(), { published, all, bill: "{}" });
  const folder = new TestFolder(Object.fromEntries([...files].map(([path, content]) => [path, String(content)])));
  onTestFinished(() => folder.remove());
  const python = join(ownPython.directory, "venv", "bin", "python");
  const env = { PATH: process.env.PATH, PIP_CONFIG_FILE: "venv/pip.conf" };
  const wanted = ["pip", "no-such-package"];
  const { failure, printed } = await run(
    [python, "-m", "pip", "install", "--dry-run", "--upgrade", ...wanted],
    folder.directory,
    { env },
  );
  expect(failure).toBeDefined();
  const errors = printed.split("\n").filter((line) => line.startsWith("ERROR:"));
  const [versions, names] = (["python", "platform"] as const).map((key) =>
    [...new Set(targets.map((target) => target[key].replaceAll("-", "_")))].join("_or_"),
  );
  const wheel = `this_policy_pack_is_for_Python_${versions}_on_${names}-1-no-other-machine.whl`;
  expect(errors[0]).toBe(
    isRefused
      ? `ERROR: ${wheel} is not a supported wheel on this platform.`
      : "ERROR: Could not find a version that satisfies the requirement no-such-package (from versions: none)",
  );
});

test("pip finds the pack's wheels also where the machine has another place for wheels", async () => {
  const here = await thisMachine();
  const { files } = venvLayout(pack(), {
    published,
    all: [{ target: here, wheels: [wheel("used", program("used"))] }],
    bill: "{}",
  });
  const folder = new TestFolder(Object.fromEntries([...files].map(([path, content]) => [path, content])));
  onTestFinished(() => folder.remove());
  const python = join(ownPython.directory, "venv", "bin", "python");
  const env = { PATH: process.env.PATH, PIP_CONFIG_FILE: "venv/pip.conf", PIP_FIND_LINKS: ownPython.directory };
  const { printed } = await run([python, "-m", "pip", "install", "--dry-run", "used"], folder.directory, { env });
  expect(printed).toContain("Processing ./wheels/used-1-py3-none-any.whl");
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

test.each([
  ["two Pythons share a folder on Windows", elsewhere, { python: "3.11", platform: "windows-x86_64" }],
  ["two platforms share the folder of a Python", onlyHere, { python: "3.11", platform: "macos-arm64" }],
])("a package lies there in one version only where %s", (_, one, other) => {
  const { files } = venvLayout(pack(), {
    published,
    all: [
      { target: one, wheels: [pulumi, wheel("typing")] },
      { target: other, wheels: [pulumi, wheel("typing", { version: "2" })] },
    ],
    bill: "{}",
  });
  const folder = one === elsewhere ? "venv/Lib" : "venv/lib/python3.11";
  expect(pathsOf(files).filter((path) => /typing|pulumi/.test(path))).toEqual([
    `${folder}/site-packages/pulumi.py`,
    "wheels/typing-1-py3-none-any.whl",
    "wheels/typing-2-py3-none-any.whl",
  ]);
});

test("a wheel with very many files, or large ones, stays one file", () => {
  const few = { ...wheel("few"), installed: filesOf(2000) };
  const many = { ...wheel("many"), installed: filesOf(2001) };
  const large = { ...wheel("large"), installed: filesOf(2, "x".repeat(10 * 1024 * 1024 + 1)) };
  const { files } = venvLayout(pack(), {
    published,
    all: [{ target: onlyHere, wheels: [few, many, large] }],
    bill: "{}",
  });
  expect([...files.keys()].filter((path) => path.startsWith("wheels/"))).toEqual([
    "wheels/many-1-py3-none-any.whl",
    "wheels/large-1-py3-none-any.whl",
  ]);
});

test("without one, more files than a server takes are refused", () => {
  const content = (count: number) => ({
    published,
    all: [{ target: onlyHere, wheels: [{ ...pulumi, installed: filesOf(count) }] }],
    bill: "{}",
  });
  const own = launcherLayout(pack(), content(0)).files.size;
  expect(launcherLayout(pack(), content(20_000 - own)).files.size).toBe(20_000);
  expect(() => launcherLayout(pack(), content(20_001 - own))).toThrow(
    "Without a virtual environment, the policy pack has 20,001 files, and servers take 20,000. Publish it without --no-venv, or for fewer versions of Python and platforms.",
  );
});

test.each<[string, string[], string[], string]>([
  ["once where wheels have modules in the same folder only", ["google/api.py"], ["google/_upb.so"], "any"],
  ["for each machine where compiled modules go into its package", ["yaml/__init__.py"], ["yaml/_yaml.so"], "each"],
  ["for each machine where it adds to a compiled package", ["a/b/more.py"], ["a/b/__init__.py", "a/b/c.so"], "each"],
])("without one, a wheel for all machines lies there %s", (_, own, compiled, wanted) => {
  const files = (paths: string[]) => ({ more: Object.fromEntries(paths.map((path) => [path, ""])) });
  const one = wheel("one", files(own));
  const other = wheel("other", { tag: "cp311-cp311-manylinux2014_x86_64", ...files(compiled) });
  const all = [
    { target: onlyHere, wheels: [one, other] },
    { target: elsewhere, wheels: [one] },
  ];
  const { files: made } = launcherLayout(pack(), { published, all, bill: "{}" });
  const folders = wanted === "any" ? ["any"] : ["3.11-linux-x86_64", "3.12-windows-x86_64"];
  expect(pathsOf(made).filter((path) => path.endsWith("/one.py"))).toEqual(
    folders.map((folder) => `.python/${folder}/one.py`),
  );
});

test("without one, a pack that is larger than a server takes is refused", () => {
  const mebibyte = { content: Buffer.alloc(1024 * 1024), isProgram: false };
  const installed = new Map(Array.from({ length: 256 }, (_, at) => [`${at}`, mebibyte]));
  const all = [{ target: onlyHere, wheels: [{ ...pulumi, installed }] }];
  expect(() => launcherLayout(pack(), { published, all, bill: "{}" })).toThrow(
    "Without a virtual environment, the policy pack has 257 MiB, and servers take 256.",
  );
});

test.each<[string, string[], string[], boolean]>([
  ["what Pulumi's SDK alone asks for", ["Requires-Dist: debugpy~=1.8.7"], [], false],
  ["what the pack asks for", [], ["debugpy"], true],
  ["what another package asks for", ["Requires-Dist: Debugpy (>=1) ; python_version > '3'"], [], true],
  ["what an extra asks for", ["Requires-Dist: debugpy ; extra == 'test'"], [], true],
])("without one, a debugger is there: %s", (why, requires, asked, wanted) => {
  const other = wheel(why.includes("SDK") ? "pulumi" : "other", { requires });
  const all = [wheel("pulumi", { requires: ["Requires-Dist: debugpy"] }), other, wheel("debugpy")];
  expect(all.map((one) => isUsed(one, all, new Set(asked)))).toEqual([true, true, wanted]);
});

test.each([
  ["3.200.0", "3.200.0"],
  ["3.200.0a1", "3.0.0"],
  ["3.200", "3.0.0"],
])("the pulumi version %s is %s for npm", (version, expected) => {
  const all = [{ target: onlyHere, wheels: [wheel("pulumi", { version })] }];
  const { files } = launcherLayout(pack(), { published, all, bill: "{}" });
  expect(JSON.parse(String(files.get("package.json"))).dependencies).toEqual({ "@pulumi/pulumi": expected });
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
    dependencies: { "@pulumi/pulumi": "3.0.0" },
  });
});
