import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { newError } from "@quillon/contract";
import type { Ctx } from "../context.ts";
import { insertBlobRow } from "./blob-queries.ts";
import { discardBlobs } from "./blobs.ts";
import { limitBytes } from "./limit-bytes.ts";
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
  if (!(await extendReservation(ctx.db, reservation))) throw newError("upload_finished", {});
  const keepAlive = setInterval(() => {
    extendReservation(ctx.db, reservation).catch((err: unknown) =>
      ctx.log.warn({ err }, "could not extend a reservation"),
    );
  }, EXTEND_EVERY_MS);
  const blob = `archives/${randomUUID()}.tgz`;
  try {
    await insertBlobRow(ctx.db, blob);
    const size = await ctx.blobs.put(blob, Readable.from(limitBytes(ctx.limits.archive)(body)));
    if (size === 0) {
      await discardBlobs(ctx, [blob]);
      throw newError("archive_invalid", { problem: "empty" });
    }
  } finally {
    clearInterval(keepAlive);
  }
  const taken = await setUploaded(ctx.db, reservation, blob);
  const unused = taken ? taken.replaced : blob;
  if (unused) await discardBlobs(ctx, [unused]);
  if (!taken) throw newError("upload_finished", {});
}
