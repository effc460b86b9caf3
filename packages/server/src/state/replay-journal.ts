import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { type Changes, eachChange } from "./change-lists.ts";
import { entryOf, type JournalEntry } from "./journal-entry.ts";
import { fits, type Origin, replay } from "./replay.ts";
import { compress, decompress, type PackedBytes } from "./stored.ts";

/** Makes the gzip of the state that a journal makes of a gzipped one. */
export const replayTask: Task<
  {
    base: PackedBytes;
    /** The shape of each was checked when it was stored. */
    changes: Changes;
    origin: Origin;
  },
  { packed: PackedBytes[]; resourceCount: number }
> = {
  name: "replay",
  moves: { input: ({ base, changes }) => memoryOf([base, ...changes]), output: ({ packed }) => memoryOf(packed) },
  async run({ base, changes, origin }) {
    const { pieces, resourceCount } = replay(await decompress(base), entriesOf(changes), origin);
    return { packed: await compress(pieces).toArray(), resourceCount };
  },
};

/** Whether each migration of states in a journal fits the state that the entries before it make of a gzipped one. */
export const fitTask: Task<{ base: PackedBytes; changes: Changes }, boolean> = {
  name: "fit",
  moves: { input: ({ base, changes }) => memoryOf([base, ...changes]) },
  run: async ({ base, changes }) => fits(await decompress(base), entriesOf(changes)),
};

/** One after the other, because the members of all would take more memory than their bytes. */
function* entriesOf(changes: Changes): Generator<JournalEntry> {
  for (const json of eachChange(changes)) {
    const entry = entryOf(json);
    if (!entry) throw new Error("An entry of the journal is not what was stored.");
    yield entry;
  }
}
