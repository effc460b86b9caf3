import { fail } from "@quillon/contract";
import { type OrgCtx, transaction } from "../context.ts";
import type { PackMetadata } from "../db/schema.ts";
import { deleteReservations, insertReservation, listVersions, lockOrMakePack } from "./queries.ts";
import { uploadUrl } from "./urls.ts";
import { planPublication } from "./versions.ts";

export type PublishRequest = PackMetadata & { name: string; versionTag?: string };

/**
 * Reserves the next version of a pack for the caller. What was sent belongs to the reservation, and so will the archive
 * that its upload URL takes: the two can't come from different publishes.
 */
export async function publishPack(ctx: OrgCtx, request: PublishRequest) {
  const { name, versionTag, ...metadata } = request;
  const tag = versionTag || null;
  if (request.policies.length === 0) throw fail("pack_without_policies", { pack: name });
  if (tag === "latest")
    throw fail("bad_request", { problem: 'A version tag can\'t be "latest": that names the newest.' });
  const { version, id, orphans } = await transaction(ctx, async ({ db }) => {
    const packId = await lockOrMakePack(db, ctx.org.id, name);
    const wanted = { tag, user: ctx.actor.login, now: new Date() };
    const plan = planPublication(await listVersions(db, packId), wanted);
    if (plan.verdict === "published") {
      throw fail("pack_version_exists", { pack: name, version: tag ?? "", next: plan.next });
    }
    if (plan.verdict === "being-published") {
      const until = plan.until.toISOString();
      throw fail("pack_version_reserved", { pack: name, version: tag ?? "", by: plan.by ?? "A removed user", until });
    }
    const orphans = await deleteReservations(db, plan.drop);
    const { version } = plan;
    const id = await insertReservation(db, { packId, version, tag, metadata, userId: ctx.actor.userId });
    return { version, id, orphans };
  });
  await Promise.all(orphans.map((blob) => ctx.blobs.remove(blob)));
  return { version, uploadURI: uploadUrl(ctx, id) };
}
