import { newError, type QuillonError } from "@quillon/contract";
import type { Ctx, Log } from "../context.ts";
import { deleteBlobRows } from "./blob-queries.ts";

/** Removes archives that nothing refers to any more. After a crash the sweep removes the rest. */
export async function discardBlobs({ db, blobs }: Pick<Ctx, "db" | "blobs">, names: readonly string[]): Promise<void> {
  for (const name of names) await blobs.remove(name);
  await deleteBlobRows(db, names);
}

/** For an archive that the database names and the blob store does not have. The operator must know. */
export function archiveMissing(log: Log, blob: string): QuillonError {
  log.error({ blob }, "an archive is missing from the blob store");
  return newError("archive_missing", {});
}

/** For an archive that the blob store has, but not with the bytes that were published. */
export function archiveDamaged(log: Log, blob: string, sizes: { found: number; published: number }): QuillonError {
  log.error({ blob, ...sizes }, "an archive in the blob store is not the one that was published");
  return newError("archive_damaged", {});
}
