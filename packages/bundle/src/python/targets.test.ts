import { expect, test } from "vitest";
import { machineOf, targetsOf } from "./targets.ts";

const here = { python: "3.13", platform: "linux-x86_64" };

test("a pack is made for each version on each platform, and for this machine's where none are named", () => {
  expect(targetsOf({ python: ["3.11", "3.12"], platform: ["macos-arm64"] }, here)).toEqual([
    { python: "3.11", platform: "macos-arm64" },
    { python: "3.12", platform: "macos-arm64" },
  ]);
  expect(targetsOf({ python: [], platform: [] }, here)).toEqual([here]);
  expect(targetsOf({ python: ["3.9"], platform: [] }, here)).toEqual([{ ...here, python: "3.9" }]);
});

test.each([
  [["2.7"], [], "2.7 is no version of Python"],
  [["3"], [], "3 is no version of Python"],
  [[], ["amiga"], "amiga is no platform. Known are linux-x86_64, "],
  [[], ["toString"], "toString is no platform."],
])("of Python %j on %j it is refused: %s", (python, platform, message) => {
  expect(() => targetsOf({ python, platform }, here)).toThrow(message);
});

test.each([
  ["3.11 linux x86_64 glibc\n", "3.11", "linux-x86_64"],
  ["3.12 linux aarch64 glibc\n", "3.12", "linux-aarch64"],
  ["3.12 linux x86_64 \n", "3.12", "musl-linux-x86_64"],
  ["3.13 darwin arm64 \n", "3.13", "macos-arm64"],
  ["3.10 win32 amd64 \r\n", "3.10", "windows-x86_64"],
  ["3.11 freebsd14 amd64 \n", "3.11", "freebsd14-x86_64"],
])("%j is Python %s on %s", (printed, python, platform) => {
  expect(machineOf(printed)).toEqual({ python, platform });
});
