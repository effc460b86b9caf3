import { newError } from "@quillon/contract";
import type { OrgCtx, Tx } from "../context.ts";
import { type CheckedArchive, checkArchive } from "./archive.ts";
import { archiveMissing } from "./blobs.ts";
import { completeReservation, findOwnVersion, findPack, isCompleted } from "./queries.ts";

/** An uploaded archive that may be published, and the reservation that it was uploaded for. */
export interface CheckedUpload extends CheckedArchive {
  id: string;
  blob: string;
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
  const packId = await findPack(ctx.db, ctx.org.id, pack);
  const own = packId && (await findOwnVersion(ctx.db, { packId, userId: ctx.actor.userId, segment }));
  if (!own) throw newError("pack_not_reserved", { pack, version: segment });
  if (own.status === "completed") return undefined;
  if (own.status === "removed") throw newError("pack_not_reserved", { pack, version: segment });
  if (!own.blob) throw newError("pack_not_uploaded", { pack, version: segment });
  const { archive: bytes, entries } = ctx.limits;
  const uploaded = await ctx.blobs.get(own.blob);
  if (!uploaded) throw archiveMissing(ctx.log, own.blob);
  const archive = await checkArchive(ctx, uploaded.bytes, { bytes, entries });
  return { id: own.id, blob: own.blob, ...archive };
}

/**
 * Makes the version visible. From then on its bytes never change. When this throws, the version stays invisible. The pack must be locked.
 *
 * @returns undefined when somebody else has just published exactly this.
 * @throws upload_finished when the reservation has another archive since the check, or has ended.
 */
export async function publishVersion(tx: Tx<OrgCtx>, checked: CheckedUpload): Promise<PublishedVersion | undefined> {
  const published = await completeReservation(tx.db, { ...checked, ...checked.facts });
  if (!published && !(await isCompleted(tx.db, checked))) throw newError("upload_finished", {});
  return published && { ...published, sha256: checked.sha256 };
}
