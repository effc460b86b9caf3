import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { Ctx } from "../context.ts";
import { deleteUpdateBlobs, insertUpdateBlob, listOrphanUpdateBlobs } from "./update-blob-queries.ts";

/**
 * Stores bytes as a blob, which is swept unless a row names it soon.
 *
 * @param digest of the bytes, where rows tell blobs with the same bytes from others.
 * @returns its name. It ends with a full stop and the digest, if there is one.
 */
export async function putBlob(
  { db, blobs }: Pick<Ctx, "db" | "blobs">,
  kind: "states" | "events",
  bytes: Readable,
  digest?: string,
): Promise<string> {
  const name = `${kind}/${randomUUID()}${digest === undefined ? "" : `.${digest}`}`;
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
