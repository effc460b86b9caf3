import { fail } from "@quillon/contract";
import parseRange from "range-parser";
import type { Ctx } from "../context.ts";
import { findArchive } from "./queries.ts";
import { isDownloadUrl } from "./urls.ts";

interface Wanted {
  versionId: string;
  expires: number;
  signature: string;
  ifNoneMatch?: string | undefined;
  range?: string | undefined;
}

/**
 * The archive of a published version, whole or in part, for whoever holds its signed URL. There is no Content-Encoding:
 * Go's client would undo it, and the CLI then fail to unpack.
 */
export async function downloadArchive(ctx: Ctx, wanted: Wanted) {
  if (!isDownloadUrl(ctx.keys, wanted)) throw fail("download_refused", {});
  const archive = await findArchive(ctx.db, wanted.versionId);
  if (!archive) throw fail("archive_removed", {});
  const { blob, sha256, size } = archive;
  const etag = `"${sha256}"`;
  const headers = {
    etag,
    "repr-digest": `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
    "content-type": "application/gzip",
    "accept-ranges": "bytes",
    "cache-control": "private, max-age=86400, immutable",
  };
  if (wanted.ifNoneMatch?.split(/,\s*/).includes(etag)) return { status: 304, headers, body: "" };
  const ranges = wanted.range ? parseRange(size, wanted.range) : undefined;
  if (ranges === -1) {
    return { status: 416, headers: { ...headers, "content-range": `bytes */${size}` }, body: "" };
  }
  const part = Array.isArray(ranges) && ranges.type === "bytes" && ranges.length === 1 ? ranges[0] : undefined;
  if (!part) return { status: 200, headers: { ...headers, "content-length": size }, body: ctx.blobs.get(blob) };
  const { start, end } = part;
  return {
    status: 206,
    headers: { ...headers, "content-length": end - start + 1, "content-range": `bytes ${start}-${end}/${size}` },
    body: ctx.blobs.get(blob, { start, end }),
  };
}
