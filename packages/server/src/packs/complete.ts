import { fail } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { checkArchive } from "./archive.ts";
import { findOwnVersion, findPack, setCompleted } from "./queries.ts";

/**
 * Checks the uploaded archive and makes the version visible, for ever the same bytes. All or nothing: when this throws
 * the version is as invisible as before.
 */
export async function completeVersion(ctx: OrgCtx, pack: string, segment: string): Promise<void> {
  const packId = await findPack(ctx.db, ctx.org.id, pack);
  const own = packId && (await findOwnVersion(ctx.db, packId, ctx.actor.userId, segment));
  if (!own) throw fail("pack_not_reserved", { pack, version: segment });
  if (own.status === "completed") return;
  if (own.status === "removed") throw fail("pack_not_reserved", { pack, version: segment });
  if (!own.blob) throw fail("pack_not_uploaded", { pack, version: segment });
  const { archive: bytes, entries } = ctx.limits;
  const { sha256, size } = await checkArchive(ctx.blobs.get(own.blob), { bytes, entries });
  const completed = await setCompleted(ctx.db, { id: own.id, blob: own.blob, sha256, size });
  if (!completed) throw fail("upload_finished", {});
}
