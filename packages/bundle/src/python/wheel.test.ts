import { describe, expect, test } from "vitest";
import { readWheel } from "./wheel.ts";
import { zipOf } from "./zip-in-tests.ts";

const INFO = "a_package-1.2.dist-info";
const metadata = (...lines: string[]) => ({
  [`${INFO}/METADATA`]: [
    "Metadata-Version: 2.4",
    "Name: A_Package",
    "Version: 1.2",
    ...lines,
    "",
    "License: not this",
  ].join("\n"),
});

function wheel(files: Record<string, string>, file = "a_package-1.2-py3-none-any.whl") {
  return readWheel(file, zipOf({ ...metadata(), ...files }));
}

test("a wheel's files are those in site-packages, where pip would put them", () => {
  const long = "x".repeat(1000);
  const { installed } = wheel({
    "a/__init__.py": long,
    "a/empty/": "",
    "a_package-1.2.data/purelib/b.py": "b",
    "a_package-1.2.data/platlib/c/d.so": "d",
  });
  expect(Object.fromEntries([...installed].map(([path, { content }]) => [path, String(content)]))).toEqual({
    ...metadata(),
    "a/__init__.py": long,
    "b.py": "b",
    "c/d.so": "d",
  });
});

test.each<[string, Record<string, string>, boolean]>([
  ["nothing else", { "a.py": "" }, false],
  ["other entry points", { [`${INFO}/entry_points.txt`]: "[pytest11]\na = a\n" }, false],
  ["a program", { [`${INFO}/entry_points.txt`]: "[pytest11]\na = a\n\n[console_scripts]\na = a:main\n" }, true],
  ["a script", { "a_package-1.2.data/scripts/a": "" }, true],
  ["data beside Python's folders", { "a_package-1.2.data/data/share/a": "" }, true],
])("with %s, there is more to install than its files: %s %s", (_, files, expected) => {
  expect(wheel(files).hasMore).toBe(expected);
});

test.each([
  ["a-1-py3-none-any.whl", true],
  ["a-1-py2.py3-none-any.whl", true],
  ["a-1-cp311-cp311-manylinux2014_x86_64.whl", false],
  ["a-1-cp38-abi3-manylinux2014_x86_64.whl", false],
  ["a-1-py3-none-win_amd64.whl", false],
])("%s is for each machine: %s", (file, expected) => {
  expect(wheel({}, file).isForAll).toBe(expected);
});

describe("the licence is", () => {
  test.each<[string, string[], string | undefined]>([
    ["the expression", ["License: MIT License", "License-Expression: MIT"], "MIT"],
    ["what is said in one line", ["License: BSD-3-Clause"], "BSD-3-Clause"],
    ["not a text of several lines", ["License: All may", "        use it.", "Keywords: a"], undefined],
    [
      "that of the classifiers in its place",
      [
        "License: All may",
        "  use it.",
        "Classifier: Topic :: Software",
        "Classifier: License :: OSI Approved :: MIT License",
      ],
      "MIT License",
    ],
    ["not unknown", ["License: UNKNOWN", "Classifier: License :: Public Domain"], "Public Domain"],
    ["not what the description says", [], undefined],
  ])("%s", (_, lines, expected) => {
    expect(wheel(metadata(...lines)).package.license).toBe(expected);
  });
});

test("it is known by the name that an index takes for all its names, and has the texts of its licences", () => {
  const files = {
    [`${INFO}/LICENSE`]: "old place",
    [`${INFO}/licenses/LICENSE.txt`]: "new place",
    [`${INFO}/licenses/vendored/NOTICE`]: "of a part",
    [`${INFO}/RECORD`]: "",
    "a/LICENSE": "not beside the metadata",
  };
  expect(wheel(files).package).toEqual({
    name: "a-package",
    version: "1.2",
    license: undefined,
    texts: { LICENSE: "old place", "LICENSE.txt": "new place", "vendored/NOTICE": "of a part" },
    registry: "pypi",
  });
});

test("what is no wheel is refused", () => {
  expect(() => readWheel("a.whl", Buffer.from("no"))).toThrow("it is no zip archive");
  expect(() => readWheel("a.whl", zipOf({ "a.py": "" }))).toThrow("a.whl has no METADATA");
});
