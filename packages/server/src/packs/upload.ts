import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { newError } from "@quillon/contract";
import type { Ctx, OrgCtx } from "../context.ts";
import { insertBlobRow } from "./blob-queries.ts";
import { discardBlobs } from "./blobs.ts";
import { limitBytes } from "./limit-bytes.ts";
import { requireOwnVersion } from "./own-version.ts";
import { extendReservation, setUploaded } from "./queries.ts";
import { isUploadSigned } from "./signatures.ts";

/** Much less than the five minutes that a reservation lasts after its last byte. */
const EXTEND_EVERY_MS = 60_000;

/**
 * Stores the archive of a reserved version. It may be sent again until the version is complete, and the last whole body
 * counts. A body that is not sent to its end is not stored.
 *
 * @throws upload_unknown, upload_finished, body_too_large, archive_invalid when it is empty
 */
export async function uploadArchive(ctx: Ctx, reservation: string, signature: string, body: Readable): Promise<void> {
  if (!isUploadSigned(ctx.keys, reservation, signature)) throw newError("upload_unknown", {});
  const blob = await store(ctx, reservation, body);
  await takeOver(ctx, blob, await setUploaded(ctx.db, reservation, { blob }));
}

/**
 * Stores the archive of what the caller has bundled a reserved version from. It may be sent again until the version is complete.
 *
 * @throws pack_not_reserved, upload_finished, body_too_large, archive_invalid when it is empty
 */
export async function uploadSources(ctx: OrgCtx, pack: string, segment: string, body: Readable): Promise<void> {
  const { id } = await requireOwnVersion(ctx, pack, segment);
  const blob = await store(ctx, id, body);
  await takeOver(ctx, blob, await setUploaded(ctx.db, id, { source_blob: blob }));
}

/** Makes a blob of a body for a reservation, which lasts as long as bytes arrive. */
async function store(ctx: Ctx, reservation: string, body: Readable): Promise<string> {
  if (!(await extendReservation(ctx.db, reservation))) throw newError("upload_finished", {});
  const keepAlive = setInterval(() => {
    extendReservation(ctx.db, reservation).catch((err: unknown) =>
      ctx.log.warn({ err }, "could not extend a reservation"),
    );
  }, EXTEND_EVERY_MS);
  const blob = `archives/${randomUUID()}.tgz`;
  try {
    await insertBlobRow(ctx.db, blob);
    // Not destroyed when it is refused, because the rest has to be read before the next request on its connection.
    const chunks = body.iterator({ destroyOnReturn: false });
    const size = await ctx.blobs.put(blob, Readable.from(limitBytes(ctx.limits.archive)(chunks)));
    if (size === 0) {
      await discardBlobs(ctx, [blob]);
      throw newError("archive_invalid", { problem: "empty" });
    }
  } finally {
    clearInterval(keepAlive);
  }
  return blob;
}

/** Removes the blob that a new one replaces, or the new one when its reservation has ended. */
async function takeOver(ctx: Ctx, blob: string, taken: { replaced: string | null } | undefined): Promise<void> {
  const unused = taken ? taken.replaced : blob;
  if (unused) await discardBlobs(ctx, [unused]);
  if (!taken) throw newError("upload_finished", {});
}
