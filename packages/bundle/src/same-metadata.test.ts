import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder } from "./same-metadata.ts";

test("in the folder of an artifact its programs can be run, and nothing else", async () => {
  const script = "#!/bin/sh\necho ran\n";
  const files = new Map([
    ["tools/program", script],
    ["tools/text", script],
  ]);
  const outputs = await inFolder(
    files,
    async (directory) =>
      ["program", "text"].map((name) => spawnSync(join(directory, "tools", name)).stdout?.toString()),
    new Set(["tools/program"]),
  );
  expect(outputs).toEqual(["ran\n", undefined]);
});
