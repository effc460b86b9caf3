import type { Readable } from "node:stream";
import { newError } from "@quillon/contract";
import type { OrgCtx, Tx } from "../context.ts";
import { type CheckedArchive, checkArchive, readArchive } from "./archive.ts";
import { archiveMissing } from "./blobs.ts";
import { requireOwnVersion } from "./own-version.ts";
import { insertPackages } from "./package-queries.ts";
import { completeReservation, isCompleted, type Sources } from "./queries.ts";

/** An uploaded archive that may be published, and the reservation that it was uploaded for. */
export interface CheckedUpload extends CheckedArchive {
  id: string;
  blob: string;
  sources: Sources | undefined;
}

export interface PublishedVersion {
  id: string;
  packId: string;
  version: number;
  tag: string | null;
  sha256: string;
}

/**
 * Checks the archive that the caller has uploaded for the version.
 *
 * @returns undefined when the version is already published: to publish it again changes nothing.
 * @throws pack_not_reserved, pack_not_uploaded, archive_invalid, archive_missing
 */
export async function checkUpload(ctx: OrgCtx, pack: string, segment: string): Promise<CheckedUpload | undefined> {
  const own = await requireOwnVersion(ctx, pack, segment);
  if (own.status === "completed") return undefined;
  if (!own.blob) throw newError("pack_not_uploaded", { pack, version: segment });
  const { archive: bytes, entries } = ctx.limits;
  const archive = await checkArchive(ctx, await bytesOf(ctx, own.blob), { bytes, entries });
  const sources = own.sourceBlob === null ? undefined : await checkSources(ctx, own.sourceBlob);
  return { id: own.id, blob: own.blob, ...archive, sources };
}

/** Only that it can be unpacked: what was bundled may name dependencies that no client could install. */
async function checkSources(ctx: OrgCtx, blob: string): Promise<Sources> {
  const { archive: bytes, entries } = ctx.limits;
  const { sha256, size } = await readArchive(await bytesOf(ctx, blob), { bytes, entries });
  return { blob, sha256, size };
}

async function bytesOf(ctx: OrgCtx, blob: string): Promise<Readable> {
  const uploaded = await ctx.blobs.get(blob);
  if (!uploaded) throw archiveMissing(ctx.log, blob);
  return uploaded.bytes;
}

/**
 * Makes the version visible. From then on its bytes never change. When this throws, the version stays invisible. The pack must be locked.
 *
 * @returns undefined when somebody else has just published exactly this.
 * @throws upload_finished when the reservation has another archive since the check, or has ended.
 */
export async function publishVersion(tx: Tx<OrgCtx>, checked: CheckedUpload): Promise<PublishedVersion | undefined> {
  const published = await completeReservation(tx.db, checked);
  if (published) await insertPackages(tx.db, published.id, checked.facts.bill?.packages ?? []);
  if (!published && !(await isCompleted(tx.db, checked))) throw newError("upload_finished", {});
  return published && { ...published, sha256: checked.sha256 };
}
