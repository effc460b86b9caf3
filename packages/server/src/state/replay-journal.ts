import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { entryOf } from "./journal-entry.ts";
import { type Origin, replay } from "./replay.ts";
import { compress, decompress, type PackedBytes } from "./stored.ts";

/** Makes the gzip of the state that a journal makes of a gzipped one. */
export const replayTask: Task<
  {
    base: PackedBytes;
    /** In their order, as JSON. Their shape was checked when they were stored. */
    entries: readonly string[];
    origin: Origin;
  },
  { packed: PackedBytes[]; resourceCount: number }
> = {
  name: "replay",
  moves: { input: ({ base }) => memoryOf([base]), output: ({ packed }) => memoryOf(packed) },
  async run({ base, entries, origin }) {
    const read = entries.map((json) => {
      const entry = entryOf(Buffer.from(json));
      if (!entry) throw new Error("An entry of the journal is not what was stored.");
      return entry;
    });
    const { pieces, resourceCount } = replay(await decompress(base), read, origin);
    return { packed: await compress(pieces).toArray(), resourceCount };
  },
};
