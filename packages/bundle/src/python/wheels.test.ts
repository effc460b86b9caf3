import { afterEach, describe, expect, test } from "vitest";
import { TestFolder } from "../testing.ts";
import { targetsOf, thisMachine, wheelsFor } from "./wheels.ts";

let pack: TestFolder | undefined;
afterEach(() => {
  pack?.remove();
  pack = undefined;
});

describe("in requirements.txt, no wheel can travel of", () => {
  test.each([
    "./shared",
    "../shared",
    "/shared",
    "~/shared",
    "shared.whl",
    "lib/shared-1.0.0.tar.gz",
    "-e .",
    "-e ./shared",
    "--editable shared",
    "git+https://example.com/shared.git",
    "https://example.com/shared.whl",
    "shared @ https://example.com/shared.zip",
    "shared @ file:///shared",
  ])("%s", async (line) => {
    pack = new TestFolder({ "requirements.txt": `# Our packages.\n${line}  # of ours\n` });
    expect(await wheelsFor(pack.directory, [])).toEqual({
      problems: [
        {
          file: "requirements.txt",
          line: 2,
          text: `${line} is not asked of a package index, so it has no wheel that could travel`,
        },
      ],
    });
  });

  test.each([
    "pulumi",
    "pulumi-policy>=1.13,<2",
    "pulumi_policy[all]==1.21.0 ; python_version >= '3.9'",
    "--index-url https://example.com/simple",
    "-f https://example.com/wheels",
    "-r more.txt",
    "# git+https://example.com/shared.git",
    "",
  ])("but not of %j", async (line) => {
    pack = new TestFolder({ "requirements.txt": line });
    expect(await wheelsFor(pack.directory, [])).toEqual({ wheels: new Map() });
  });
});

test("a pack is made for each version on each platform, and for this machine's where none are named", async () => {
  const here = await thisMachine();
  expect(await targetsOf(["3.11", "3.12"], ["macos-arm64"])).toEqual([
    { python: "3.11", platform: "macos-arm64" },
    { python: "3.12", platform: "macos-arm64" },
  ]);
  expect(await targetsOf([], [])).toEqual([here]);
  expect(await targetsOf(["3.9"], [])).toEqual([{ ...here, python: "3.9" }]);
});
