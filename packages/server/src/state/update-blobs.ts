import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { Ctx } from "../context.ts";
import { deleteUpdateBlobs, insertUpdateBlob, listOrphanUpdateBlobs } from "./update-blob-queries.ts";

/**
 * Stores bytes as a blob, which is swept unless a row names it soon.
 *
 * @returns its name.
 */
export async function putBlob(
  { db, blobs }: Pick<Ctx, "db" | "blobs">,
  kind: "states" | "events",
  bytes: Readable,
): Promise<string> {
  const name = `${kind}/${randomUUID()}`;
  await insertUpdateBlob(db, name);
  await blobs.put(name, bytes);
  return name;
}

/** Removes blobs of states and events that were replaced or removed, or whose update had lost its lease. */
export async function sweepUpdateBlobs({ db, blobs }: Pick<Ctx, "db" | "blobs">): Promise<void> {
  const names = await listOrphanUpdateBlobs(db);
  for (const name of names) await blobs.remove(name);
  await deleteUpdateBlobs(db, names);
}
