import { expect, test } from "vitest";
import { targetsOf, thisMachine } from "./wheels.ts";

test("a pack is made for each version on each platform, and for this machine's where none are named", async () => {
  const here = await thisMachine();
  expect(await targetsOf(["3.11", "3.12"], ["macos-arm64"])).toEqual([
    { python: "3.11", platform: "macos-arm64" },
    { python: "3.12", platform: "macos-arm64" },
  ]);
  expect(await targetsOf([], [])).toEqual([here]);
  expect(await targetsOf(["3.9"], [])).toEqual([{ ...here, python: "3.9" }]);
});
