import { describe, expect, test } from "vitest";
import { EntryNames } from "./entry-names.ts";
import { needsOf } from "./needs.ts";

/** @param files their texts by their path in the pack. */
function needs(runtime: string, files: Record<string, string>, options: Record<string, unknown> = {}) {
  const names = new EntryNames(1000);
  const texts = new Map(
    Object.entries(files).map(([path, text]) => [names.add({ name: `package/${path}`, kind: "file" }), text]),
  );
  return needsOf({ name: runtime, options }, { names: names.lists(), texts });
}

const manifest = (content: object) => ({ "package.json": JSON.stringify(content) });
const inside = { "node_modules/@pulumi/pulumi/package.json": "{}" };
const bundled = {
  ...manifest({ dependencies: { "@pulumi/pulumi": "3.0.0" }, bundleDependencies: ["@pulumi/pulumi"] }),
  ...inside,
};

describe("a Node.js pack asks a registry", () => {
  test.each<[string, Record<string, string>, Record<string, unknown>, boolean]>([
    ["with a dependency", manifest({ dependencies: { a: "1" } }), {}, true],
    ["with a dependency that is only for development", manifest({ devDependencies: { a: "1" } }), {}, true],
    ["with a peer", manifest({ peerDependencies: { a: "1" } }), {}, true],
    ["with one that is optional", manifest({ optionalDependencies: { a: "1" } }), {}, true],
    ["not without dependencies", manifest({}), {}, false],
    ["not without a package.json", {}, {}, false],
    ["not when its only one travels inside", bundled, {}, false],
    [
      "not when all travel inside",
      { ...manifest({ dependencies: { "@pulumi/pulumi": "3" }, bundledDependencies: true }), ...inside },
      {},
      false,
    ],
    [
      "when one of two travels inside",
      {
        ...manifest({ dependencies: { "@pulumi/pulumi": "3", a: "1" }, bundleDependencies: ["@pulumi/pulumi", "a"] }),
        ...inside,
      },
      {},
      true,
    ],
    ["when it is inside by chance", { ...manifest({ dependencies: { "@pulumi/pulumi": "3" } }), ...inside }, {}, true],
    ["when pnpm installs it, which takes out what travels inside", bundled, { packagemanager: "pnpm" }, true],
    ["when the CLI would prefer yarn", { ...bundled, "yarn.lock": "" }, {}, true],
    ["not when the CLI chooses, and finds no lock file of another program", bundled, { packagemanager: "auto" }, false],
  ])("%s", (_, files, options, registry) => {
    expect(needs("nodejs", files, options)?.registry).toBe(registry);
  });
});

describe("the programs", () => {
  test.each<[string, Record<string, string>, Record<string, unknown>, object[]]>([
    [
      "nodejs",
      manifest({ engines: { node: ">=20.19" } }),
      {},
      [{ name: "Node.js", version: ">=20.19" }, { name: "npm" }],
    ],
    ["nodejs", manifest({}), { packagemanager: "yarn" }, [{ name: "Node.js" }, { name: "yarn" }]],
    ["nodejs", manifest({ engines: { node: "20\u0000" } }), {}, [{ name: "Node.js" }, { name: "npm" }]],
    ["nodejs", manifest({ engines: { node: "1 ".repeat(100) } }), {}, [{ name: "Node.js" }, { name: "npm" }]],
    ["nodejs", manifest({ engines: "node" }), {}, [{ name: "Node.js" }, { name: "npm" }]],
    [
      "nodejs",
      manifest({ engines: { node: ">=20", python: "3.11 || 3.12" } }),
      {},
      [{ name: "Node.js", version: ">=20" }, { name: "npm" }, { name: "Python", version: "3.11 || 3.12" }],
    ],
    ["bun", manifest({ engines: { node: "20", bun: ">=1.2" } }), {}, [{ name: "bun", version: ">=1.2" }]],
    [
      "python",
      { "pyproject.toml": '[project]\nrequires-python = ">=3.10,<4"' },
      {},
      [{ name: "Python", version: ">=3.10,<4" }, { name: "pip" }],
    ],
    [
      "python",
      { "pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.9"' },
      { toolchain: "poetry" },
      [{ name: "Python", version: "^3.9" }, { name: "poetry" }],
    ],
    [
      "python",
      {
        "pyproject.toml": '[project]\nrequires-python = ">=3.10"',
        "mine/lib/python3.11/site-packages/a.py": "",
        "mine/lib/python3.12/site-packages/a.py": "",
        "other/lib/python3.9/site-packages/a.py": "",
      },
      { virtualenv: "mine" },
      [{ name: "Python", version: "3.11 || 3.12" }, { name: "pip" }],
    ],
    [
      "python",
      { "venv/Lib/site-packages/a.py": "", "venv/machines.txt": "3.11-windows-x86_64\n3.12-windows-x86_64\n" },
      {},
      [{ name: "Python", version: "3.11 || 3.12" }, { name: "pip" }],
    ],
    ["python", { "uv.lock": "" }, {}, [{ name: "Python" }, { name: "uv" }]],
  ])("%s %j", (runtime, files, options, programs) => {
    expect(needs(runtime, files, options)?.programs).toEqual(programs);
  });

  test.each<[string, Record<string, unknown>]>([
    ["go", {}],
    ["opa", {}],
    ["./run-me", {}],
    ["nodejs", { packagemanager: "another" }],
    ["python", { toolchain: "another" }],
  ])("are not known for %s %j", (runtime, options) => {
    expect(needs(runtime, manifest({}), options)).toBeUndefined();
  });
});

const machines = "3.11-linux-x86_64\n3.12-linux-x86_64\r\n3.11-musl-linux-x86_64\n3.11-a b\nx\n";

const said = ["linux-x86_64", "musl-linux-x86_64"];
const startsPython = manifest({ engines: { python: "3.11" } });

test.each<[string, string, Record<string, string>, string[] | undefined]>([
  ["in its virtual environment", "python", { "mine/machines.txt": machines }, said],
  ["in another one", "python", { "venv/machines.txt": machines }, undefined],
  ["beside what starts Python", "nodejs", { ...startsPython, ".python/machines.txt": machines }, said],
  ["where nothing starts Python", "nodejs", { ...manifest({}), ".python/machines.txt": machines }, undefined],
  ["without any", "python", { "mine/machines.txt": "any" }, undefined],
])("the platforms are those that the pack says %s", (_, runtime, files, platforms) => {
  expect(needs(runtime, files, { virtualenv: "mine" })?.platforms).toEqual(platforms);
});

describe("a pack in Python asks a registry", () => {
  const alone = "[global]\nno-index = true\nfind-links = ./wheels\n";
  test.each<[string, Record<string, string>, Record<string, unknown>, boolean]>([
    ["without dependencies, too, because pip looks for a newer pip", {}, {}, true],
    ["not when pip is told to ask none", { "venv/pip.conf": alone }, {}, false],
    ["when only another command is told not to", { "venv/pip.conf": "[list]\nno-index = true" }, {}, true],
    ["when pip is told to ask one", { "venv/pip.conf": "[global]\nno-index = false" }, {}, true],
    ["not when that is in the environment that it names", { ".venv/pip.conf": alone }, { virtualenv: ".venv" }, false],
    ["when that is in another environment", { ".venv/pip.conf": alone }, {}, true],
    ["when uv installs it, which does not read that", { "venv/pip.conf": alone }, { toolchain: "uv" }, true],
  ])("%s", (_, files, options, registry) => {
    expect(needs("python", files, options)?.registry).toBe(registry);
  });
});
