import { newError } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { findPack, listPublished, listVersions, readPolicies } from "./queries.ts";
import { type KnownVersion, resolveVersion, versionName } from "./versions.ts";

export interface PackSummary {
  name: string;
  /** Of the newest version. */
  displayName: string;
  /** Oldest first. */
  versions: { version: number; tag: string | null }[];
}

/** The organization's packs by name, each with its published versions. */
export async function listPacks(ctx: OrgCtx, pack?: string): Promise<PackSummary[]> {
  const packs = new Map<string, PackSummary>();
  for (const { name, version, tag, displayName } of await listPublished(ctx.db, ctx.org.id, pack)) {
    const entry = packs.get(name) ?? { name, displayName, versions: [] };
    entry.displayName = displayName;
    entry.versions.push({ version, tag });
    packs.set(name, entry);
  }
  return [...packs.values()];
}

/**
 * The configuration schemas of a published version, by policy.
 *
 * @throws pack_not_found, pack_version_not_found
 */
export async function readConfigSchema(ctx: OrgCtx, pack: string, wanted: string) {
  const { id } = await findVersion(ctx, pack, wanted);
  const policies = await readPolicies(ctx.db, id);
  return Object.fromEntries(policies.flatMap(({ name, configSchema }) => (configSchema ? [[name, configSchema]] : [])));
}

/**
 * The published version that `wanted` names: a tag, an integer, `latest`, or nothing for the latest.
 *
 * @throws pack_not_found, pack_version_not_found
 */
export async function findVersion(
  ctx: OrgCtx,
  pack: string,
  wanted: string,
): Promise<KnownVersion & { packId: string }> {
  const packId = await findPack(ctx.db, ctx.org.id, pack);
  const known = packId ? await listVersions(ctx.db, packId) : [];
  const published = known.filter(({ status }) => status === "completed");
  if (!packId || known.every(({ status }) => status === "reserved")) {
    throw newError("pack_not_found", { pack, organization: ctx.org.name });
  }
  const version = resolveVersion(known, wanted);
  if (!version) {
    throw newError("pack_version_not_found", {
      pack,
      version: wanted || "latest",
      known: published.map(versionName).join(", "),
    });
  }
  return { ...version, packId };
}
