import type { Readable } from "node:stream";
import { newError } from "@quillon/contract";
import type { Ctx, OrgCtx } from "../context.ts";
import { archiveDamaged, archiveMissing } from "./blobs.ts";
import { findArchive, findSources } from "./queries.ts";
import { findVersion } from "./read.ts";
import { type DownloadGrant, isDownloadGranted } from "./signatures.ts";
import { versionName } from "./versions.ts";

export interface Archive {
  /** Of the gzipped bytes, lower-hex. */
  sha256: string;
  /** In bytes. */
  size: number;
  /**
   * All of it, or the bytes from `start` to `end`, both included.
   *
   * @throws archive_missing, archive_damaged, archive_removed
   */
  read(part?: { start: number; end: number }): Promise<Readable>;
}

/**
 * Of the version that `wanted` names; see `findVersion`.
 *
 * @throws pack_not_found, pack_version_not_found, archive_removed
 */
export async function findPublishedArchive(
  ctx: OrgCtx,
  pack: string,
  wanted: string,
): Promise<{ id: string; sha256: string; size: number }> {
  const { id } = await findVersion(ctx, pack, wanted);
  const archive = await findArchive(ctx.db, id);
  if (!archive) throw newError("archive_removed", {});
  return { id, sha256: archive.sha256, size: archive.size };
}

/**
 * The archive of a published version, for everyone who has its signed URL.
 *
 * @throws download_refused, archive_removed
 */
export async function openArchive({ db, keys, blobs, log }: Ctx, grant: DownloadGrant): Promise<Archive> {
  if (!isDownloadGranted(keys, grant)) throw newError("download_refused", {});
  const find = () => findArchive(db, grant.versionId);
  const archive = await find();
  if (!archive) throw newError("archive_removed", {});
  return archiveIn({ blobs, log }, archive, find);
}

/**
 * The archive of what a published version was bundled from.
 *
 * @throws pack_not_found, pack_version_not_found, pack_sources_missing
 */
export async function openSources(ctx: OrgCtx, pack: string, wanted: string): Promise<Archive> {
  const version = await findVersion(ctx, pack, wanted);
  const find = () => findSources(ctx.db, version.id);
  const sources = await find();
  if (!sources) throw newError("pack_sources_missing", { pack, version: versionName(version) });
  return archiveIn(ctx, sources, find);
}

/** @param find finds it, unless its version has been removed. */
function archiveIn(
  { blobs, log }: Pick<Ctx, "blobs" | "log">,
  { blob, sha256, size }: { blob: string; sha256: string; size: number },
  find: () => Promise<object | undefined>,
): Archive {
  const read: Archive["read"] = async (part) => {
    const found = await blobs.get(blob, part);
    if (found?.size === size) return found.bytes;
    found?.bytes.destroy();
    if (found) throw archiveDamaged(log, blob, { found: found.size, published: size });
    // It may have been removed since.
    throw (await find()) ? archiveMissing(log, blob) : newError("archive_removed", {});
  };
  return { sha256, size, read };
}
