import { createHash } from "node:crypto";
import { newError } from "@quillon/contract";
import { memoryOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { type Changes, eachChange } from "./change-lists.ts";
import { countResources } from "./checked.ts";
import { edited, editsOf } from "./delta.ts";
import { compress, decompress, type PackedBytes } from "./stored.ts";

interface Applied {
  /** Of the text that the last delta makes. */
  resourceCount: number;
  /** Its gzip in chunks, if that is wanted. */
  packed: PackedBytes[] | undefined;
}

/** Makes the text of a state from a gzipped one and the deltas on it. @throws delta_refused */
export const applyDeltasTask: Task<
  {
    base: PackedBytes;
    changes: Changes;
    /** What the text must have. Without it the text was checked before. */
    sha256?: string;
    pack: boolean;
  },
  Applied
> = {
  name: "apply-deltas",
  moves: { input: ({ base, changes }) => memoryOf([base, ...changes]), output: ({ packed }) => memoryOf(packed ?? []) },
  async run({ base, changes, sha256, pack }) {
    const deltas = [...eachChange(changes)].map((delta) => delta.toString("utf8"));
    const pieces = withDeltas(await decompress(base), deltas);
    if (sha256 !== undefined && digestOf(pieces) !== sha256) throw newError("delta_refused", { problem: "other_text" });
    const text = Buffer.concat(pieces);
    const resourceCount = countResources(text);
    if (resourceCount === undefined) throw newError("delta_refused", { problem: "not_state" });
    return { resourceCount, packed: pack ? await compress([text]).toArray() : undefined };
  },
};

/** @returns the text in pieces, because each delta would copy it all otherwise. */
export function withDeltas(text: Buffer, deltas: readonly string[]): Buffer[] {
  return deltas.reduce<Buffer[]>(
    (pieces, delta) => {
      const edits = editsOf(delta);
      const next = edits && edited(pieces, edits);
      if (!next) throw newError("delta_refused", { problem: "not_edits" });
      return next;
    },
    [text],
  );
}

function digestOf(pieces: readonly Buffer[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}
