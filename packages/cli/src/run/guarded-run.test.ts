import { join } from "node:path";
import { expect, test } from "vitest";
import { readCommandLine } from "./command-line.ts";
import { prepare } from "./guarded-run.ts";

test("a command with no required packs needs no cache that can be written", async () => {
  const line = ["pulumi", "up", "--policy-pack", "mine", "--policy-pack-config", "own.json"];
  const read = readCommandLine(line, {});
  if (read.kind !== "guarded") throw new Error("It is not guarded.");
  const { lineWith } = await prepare([], { line, read, cache: join(import.meta.filename, "cache") });
  expect(lineWith("tcp://127.0.0.1:1")).toEqual(["pulumi", "up", "--event-log=tcp://127.0.0.1:1", ...line.slice(2)]);
});
