import { fail } from "@quillon/contract";
import { type OrgCtx, transaction } from "../context.ts";
import { findVersion, lockPack, nameOf } from "../packs/index.ts";
import { deleteEnabled, findEnabled, findGroup, nextChange, upsertEnabled } from "./queries.ts";

/** A pack as a client names it: `versionTag` is the tag or the integer as text, empty for the newest or for whichever. */
export interface PackReference {
  name: string;
  version?: number;
  versionTag?: string;
  config?: Record<string, unknown>;
}

export interface GroupEdit {
  addPolicyPack?: PackReference;
  removePolicyPack?: PackReference;
}

/** Applies all of the edit to the group, or nothing. */
export function editGroup(ctx: OrgCtx, group: string, edit: GroupEdit): Promise<void> {
  return transaction(ctx, async (inside) => {
    const found = await findGroup(inside.db, ctx.org.id, group);
    if (!found) throw fail("group_not_found", { group, organization: ctx.org.name });
    const { addPolicyPack, removePolicyPack } = edit;
    if (removePolicyPack) await disablePack(inside, found, removePolicyPack);
    if (addPolicyPack) await enablePack(inside, found, addPolicyPack);
  });
}

/** Pins a published version of the pack, in place of any other version of it. */
async function enablePack(ctx: OrgCtx, group: { id: string }, pack: PackReference): Promise<void> {
  await lockPack(ctx.db, ctx.org.id, pack.name);
  const version = await findVersion(ctx, pack.name, wantedVersion(pack));
  await upsertEnabled(ctx.db, {
    group_id: group.id,
    pack_id: version.packId,
    version_id: version.id,
    config: pack.config ? JSON.stringify(pack.config) : null,
    changed: await nextChange(ctx.db, ctx.org.id),
  });
}

async function disablePack(ctx: OrgCtx, group: { id: string; name: string }, pack: PackReference): Promise<void> {
  const enabled = await findEnabled(ctx.db, group.id, pack.name);
  const wanted = wantedVersion(pack);
  const same = wanted === "" || wanted === enabled?.tag || wanted === String(enabled?.version);
  if (!enabled || !same) {
    const label = wanted ? `${pack.name} ${wanted}` : pack.name;
    const instead = enabled ? `; version ${nameOf(enabled)} is` : "";
    throw fail("pack_not_enabled", { pack: label, group: group.name, instead });
  }
  await deleteEnabled(ctx.db, group.id, enabled.pack_id);
  await nextChange(ctx.db, ctx.org.id);
}

function wantedVersion({ version, versionTag }: PackReference): string {
  return versionTag || (version ? String(version) : "");
}
