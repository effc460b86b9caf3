import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { Ctx } from "../context.ts";
import { findBlobStore, recordBlobStore } from "../db/instance.ts";

type Stores = Pick<Ctx, "db" | "blobs">;

/**
 * Marks the blob store of a new database as the database's own, because the blobs that the database names are only there. The mark
 * is a blob itself, written first, so a crash leaves nothing but an unused mark. Changes nothing when the database has a store.
 */
export async function claimBlobs({ db, blobs }: Stores): Promise<void> {
  if (await findBlobStore(db)) return;
  const store = randomUUID();
  await blobs.put(markOf(store), Readable.from(["This folder belongs to one Quillon database. Keep them together.\n"]));
  // Another server, starting at the same moment, was faster.
  if ((await recordBlobStore(db, store)) !== store) await blobs.remove(markOf(store));
}

/** The mark that this blob store would have if it were the database's own; undefined when it has it. */
export async function missingBlobMark({ db, blobs }: Stores): Promise<string | undefined> {
  const mark = markOf((await findBlobStore(db)) ?? "unclaimed");
  const found = await blobs.get(mark);
  found?.bytes.destroy();
  return found ? undefined : mark;
}

function markOf(store: string): string {
  return `store-${store}`;
}
