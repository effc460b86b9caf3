import { newError } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { findOwnVersion, findPack } from "./queries.ts";

/**
 * The version that the caller is publishing, or has published.
 *
 * @throws pack_not_reserved
 */
export async function requireOwnVersion(ctx: OrgCtx, pack: string, segment: string) {
  const packId = await findPack(ctx.db, ctx.org.id, pack);
  const own = packId && (await findOwnVersion(ctx.db, { packId, userId: ctx.actor.userId, segment }));
  if (!own || own.status === "removed") throw newError("pack_not_reserved", { pack, version: segment });
  return own;
}
