import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Workers } from "../workers/pool.ts";
import { inTurn } from "./packed.ts";

const stored = (size: number) => ({ body: gzipSync(Buffer.alloc(size)), blob: null, sha256: null, resourceCount: 0 });
const blob = { body: null, blob: "states/a", sha256: null, resourceCount: 0 };
const MiB = 1024 * 1024;

test.each([
  ["no state", [undefined], 0, false],
  ["a small state", [stored(4 * MiB)], 0, false],
  ["a state that is large when it is unpacked", [undefined, stored(4 * MiB + 1)], 0, true],
  ["a state that is a blob", [blob], 0, true],
  ["small changes", [stored(1)], 4 * MiB, false],
  ["changes that are large together", [stored(1)], 4 * MiB + 1, true],
])("to read %s", async (_, states, changeBytes, isTurn) => {
  let turns = 0;
  const workers = {
    turn: (work: () => Promise<unknown>) => {
      turns += 1;
      return work();
    },
  } as Workers;
  expect(await inTurn({ workers }, states, async () => "done", changeBytes)).toBe("done");
  expect(turns > 0).toBe(isTurn);
});
