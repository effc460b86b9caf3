import { newError } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { eachRow } from "../db/pages.ts";
import { type ConfigProblem, checkConfig } from "./config.ts";
import { readPolicies } from "./policy-queries.ts";
import { findPack, listPublished, listVersions, type PublishedPack } from "./queries.ts";
import { type KnownVersion, resolveVersion, versionName } from "./versions.ts";

/** The organization's packs by name, each with its published versions. */
export function listPacks({ db, org }: OrgCtx, pack?: string): AsyncGenerator<PublishedPack> {
  return eachRow(({ last, limit }) =>
    listPublished(db, { organizationId: org.id, pack, after: last?.name ?? "", limit }),
  );
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
 * What is wrong with a configuration for a published version, as enabling the version with it would say.
 *
 * @throws pack_not_found, pack_version_not_found
 */
export async function findWrongConfig(
  ctx: OrgCtx,
  { pack, wanted, config }: { pack: string; wanted: string; config: Record<string, unknown> },
): Promise<ConfigProblem[]> {
  const { id } = await findVersion(ctx, pack, wanted);
  return checkConfig(ctx, await readPolicies(ctx.db, id), config);
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
  const { packId, known } = await findKnown(ctx, pack);
  const published = known.filter(({ status }) => status === "completed");
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

/** The published versions of a pack, oldest first. @throws pack_not_found */
export async function readVersions(ctx: OrgCtx, pack: string): Promise<KnownVersion[]> {
  return (await findKnown(ctx, pack)).known.filter(({ status }) => status === "completed");
}

async function findKnown(ctx: OrgCtx, pack: string): Promise<{ packId: string; known: KnownVersion[] }> {
  const packId = await findPack(ctx.db, ctx.org.id, pack);
  const known = packId ? await listVersions(ctx.db, packId) : [];
  if (!packId || known.every(({ status }) => status === "reserved"))
    throw newError("pack_not_found", { pack, organization: ctx.org.name });
  return { packId, known };
}
