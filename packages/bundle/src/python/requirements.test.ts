import { describe, expect, test } from "vitest";
import { askedFor, otherInstaller, unreachable } from "./requirements.ts";

describe("in requirements.txt, no wheel can travel of", () => {
  test.each([
    "./shared",
    "../shared",
    "/shared",
    "~/shared",
    "libs/shared",
    "shared.whl",
    "shared.whl ; python_version < '4'",
    "lib/shared-1.0.0.tar.gz",
    "shared.tar.bz2",
    "-e .",
    "-e ./shared",
    "--editable shared",
    "git+https://example.com/shared.git",
    "https://example.com/shared.whl",
    "shared @ https://example.com/shared.zip",
    "shared @ git+ssh://example.com/shared",
    "shared@file:///shared",
  ])("%s", (line) => {
    expect(unreachable(new Map([["requirements.txt", `# Our packages.\n${line}  # of ours\n`]]))).toEqual([
      {
        file: "requirements.txt",
        line: 2,
        text: `${line} is not asked of a package index, so it has no wheel that could travel`,
      },
    ]);
  });

  test.each([
    "pulumi",
    "pulumi~=3.0",
    "pulumi-policy>=1.13,<2",
    "pulumi_policy[all]==1.21.0 ; python_version >= '3.9'",
    "--index-url https://example.com/simple",
    "-f https://example.com/wheels",
    "# git+https://example.com/shared.git",
    "pulumi==3.0.0 --hash=sha256:0a/b",
    "",
  ])("but not of %j", (line) => {
    expect(unreachable(new Map([["requirements.txt", line]]))).toEqual([]);
  });

  test("what is included counts, too, once, and must be published", () => {
    const files = new Map([
      ["requirements.txt", "-r more/all.txt\n--constraint=../bounds.txt"],
      ["more/all.txt", "-r ../requirements.txt\n../shared"],
    ]);
    expect(unreachable(files)).toEqual([
      { file: "more/all.txt", line: 2, text: expect.stringContaining("../shared is not asked of a package index") },
      { file: "requirements.txt", line: 2, text: "../bounds.txt is not published with the pack" },
    ]);
  });
});

test("the packages are known that it asks for itself, by the name that an index takes for all its names", () => {
  const files = new Map([
    ["requirements.txt", "Pulumi_Policy>=1 # debugpy\n-r more.txt\n--no-binary pip\n"],
    ["more.txt", "ruamel.yaml[jinja2] ; python_version > '3'\n-r requirements.txt\n"],
  ]);
  expect([...askedFor(files)].filter(Boolean)).toEqual(["pulumi-policy", "ruamel-yaml"]);
});

test.each([
  [
    "uv",
    /uv installs this one\. To change that, run `uv export .*`, and write `toolchain: pip` and `virtualenv: \.venv`/,
  ],
  ["poetry", /poetry installs this one\. To change that, run `poetry export -o requirements\.txt`/],
  ["conda", /conda installs this one$/],
])("a pack that %s installs is told what would have its wheels travel", (toolchain, wanted) => {
  expect(otherInstaller(toolchain)).toMatch(wanted);
});
