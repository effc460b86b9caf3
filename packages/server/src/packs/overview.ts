import type { OrgCtx } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";
import { listNewest, listVersionsBefore, type NewestOfPack } from "./overview-queries.ts";
import { findVersion } from "./read.ts";

const PACKS = 100;
/** Few, because each one's metadata is read, which may have mebibytes. */
const VERSIONS = 20;

export interface PackPage {
  packs: NewestOfPack[];
  /** Of the next page, if there is one. */
  continuationToken: string | undefined;
}

/**
 * One page of the organization's packs by name.
 *
 * @throws invalid_input for a token that this server did not issue.
 */
export async function listPackPage(
  { db, org }: OrgCtx,
  { pack, token }: { pack?: string | undefined; token?: string | undefined },
): Promise<PackPage> {
  const [after = ""] = readCursor(token, 1) ?? [];
  const rows = await listNewest(db, { organizationId: org.id, pack, after, limit: PACKS + 1 });
  const { page: packs, ...next } = pageOf(rows, PACKS, ({ name }) => [name]);
  return { packs, ...next };
}

/**
 * One page of a pack's published versions, the newest first.
 *
 * @throws pack_not_found, pack_version_not_found; invalid_input for a token that this server did not issue.
 */
export async function listVersionPage(ctx: OrgCtx, { pack, token }: { pack: string; token?: string | undefined }) {
  const [before] = readCursor(token, 1, /^\d{1,9}$/) ?? [];
  const { packId } = await findVersion(ctx, pack, "latest");
  const of = { packId, before: before === undefined ? undefined : Number(before), limit: VERSIONS + 1 };
  const rows = await listVersionsBefore(ctx.db, of);
  const { page: versions, ...next } = pageOf(rows, VERSIONS, ({ version }) => [String(version)]);
  return { versions, ...next };
}
