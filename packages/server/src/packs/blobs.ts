import type { Ctx } from "../context.ts";
import { deleteBlobRows } from "./blob-queries.ts";

/** Removes archives that nothing refers to any more. After a crash the sweep removes the rest. */
export async function discardBlobs({ db, blobs }: Pick<Ctx, "db" | "blobs">, names: readonly string[]): Promise<void> {
  for (const name of names) await blobs.remove(name);
  await deleteBlobRows(db, names);
}
