import { fail } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { findPack, listPublished, listVersions, readPolicies } from "./queries.ts";
import { type KnownVersion, nameOf, resolveVersion } from "./versions.ts";

/** The organization's packs, each with its published versions, oldest first. */
export async function listPacks(ctx: OrgCtx, pack?: string) {
  const packs = new Map<string, { name: string; displayName: string; versions: number[]; versionTags: string[] }>();
  for (const { name, version, tag, displayName } of await listPublished(ctx.db, ctx.org.id, pack)) {
    const entry = packs.get(name) ?? { name, displayName: "", versions: [], versionTags: [] };
    entry.displayName = displayName;
    entry.versions.push(version);
    // The CLI lists nothing but tags.
    entry.versionTags.push(nameOf({ version, tag }));
    packs.set(name, entry);
  }
  return [...packs.values()];
}

/** What may be configured of a published version, by policy. */
export async function readConfigSchema(ctx: OrgCtx, pack: string, wanted: string) {
  const { id } = await findVersion(ctx, pack, wanted);
  const policies = await readPolicies(ctx.db, id);
  return Object.fromEntries(policies.flatMap(({ name, configSchema }) => (configSchema ? [[name, configSchema]] : [])));
}

/** The published version that the words name. @throws pack_not_found, pack_version_not_found */
export async function findVersion(
  ctx: OrgCtx,
  pack: string,
  wanted: string,
): Promise<KnownVersion & { packId: string }> {
  const packId = await findPack(ctx.db, ctx.org.id, pack);
  const known = packId ? await listVersions(ctx.db, packId) : [];
  const published = known.filter(({ status }) => status === "completed");
  if (!packId || known.every(({ status }) => status === "reserved")) {
    throw fail("pack_not_found", { pack, organization: ctx.org.name });
  }
  const version = resolveVersion(known, wanted);
  if (!version) {
    throw fail("pack_version_not_found", {
      pack,
      version: wanted || "latest",
      known: published.map(nameOf).join(", "),
    });
  }
  return { ...version, packId };
}
