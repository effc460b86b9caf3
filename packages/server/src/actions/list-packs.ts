import type { GroupMode } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { listAppliers, readPlaces } from "../groups/index.ts";
import { listPackPage, type PackPage } from "../packs/index.ts";

/** A policy group that has a version of a pack enabled. */
export interface Applier {
  name: string;
  isDefault: boolean;
  mode: GroupMode;
  version: number;
  tag: string | null;
  follows: boolean;
  /** How many it takes in. */
  stacks: number;
}

export type ListedPack = PackPage["packs"][number] & {
  groups: Applier[];
  /** How many must run the pack: a stack that several of the groups take in counts once, and audit groups do not. */
  stacks: number;
};

/**
 * One page of the organization's packs by name, each with where it applies.
 *
 * @throws invalid_input for a token that this server did not issue.
 */
export async function listPacks(
  ctx: OrgCtx,
  wanted: { pack?: string | undefined; token?: string | undefined },
): Promise<{ packs: ListedPack[]; continuationToken: string | undefined }> {
  const { packs, continuationToken } = await listPackPage(ctx, wanted);
  const appliers = await listAppliers(
    ctx.db,
    packs.map(({ packId }) => packId),
  );
  const places = appliers.length > 0 ? await readPlaces(ctx) : [];
  const count = (groups: readonly string[]) =>
    places.reduce((sum, place) => sum + (groups.some((id) => place.groups.has(id)) ? place.stacks : 0), 0);
  const listed = packs.map((pack) => {
    const own = appliers.filter(({ packId }) => packId === pack.packId);
    const enforcing = own.filter(({ mode }) => mode === "preventative").map(({ groupId }) => groupId);
    const groups = own.map((group) => ({ ...group, stacks: count([group.groupId]) }));
    return { ...pack, groups, stacks: count(enforcing) };
  });
  return { packs: listed, continuationToken };
}
