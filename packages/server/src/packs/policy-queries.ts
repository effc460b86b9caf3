import type { PackMetadata } from "@quillon/contract";
import { sql } from "kysely";
import type { Db } from "../db/open.ts";

// The policies that are in versions of packs.

/** In characters, of a description and of what else a pack says of a policy. */
const LONGEST = 2000;

/** A policy of a version of a pack. */
export interface PolicyName {
  pack: string;
  tag: string;
  policy: string;
}

interface DescribedPolicy extends PolicyName {
  description: string;
  severity: string;
  remediationSteps: string;
  url: string;
}

/** The policies as their packs describe them. Those of versions that were removed, or were never published, are left out. */
export async function describePolicies(
  db: Db,
  organizationId: string,
  names: readonly PolicyName[],
): Promise<DescribedPolicy[]> {
  const { rows } = await sql<DescribedPolicy>`
    with wanted as materialized (
      select pack, tag, policy from json_to_recordset(${JSON.stringify(names)}::json) as name (pack text, tag text, policy text)
    ), described as materialized (
      select pack.name as pack, coalesce(version.tag, version.version::text) as tag, policy ->> 'name' as policy,
        coalesce(left(policy ->> 'description', ${LONGEST}), '') as description, coalesce(policy ->> 'severity', '') as severity,
        coalesce(left(policy ->> 'remediationSteps', ${LONGEST}), '') as "remediationSteps",
        coalesce(left(policy ->> 'url', ${LONGEST}), '') as url
      from policy_packs pack
      join policy_pack_versions version on version.pack_id = pack.id and version.status = 'completed'
      cross join json_array_elements(version.metadata -> 'policies') as policy
      where pack.organization_id = ${organizationId}
        and (pack.name, coalesce(version.tag, version.version::text)) in (select pack, tag from wanted)
    )
    select * from described join wanted using (pack, tag, policy)`.execute(db);
  return rows;
}

/** The policies of a version, as its pack describes them. */
export async function readPolicies(db: Db, versionId: string): Promise<PackMetadata["policies"]> {
  const row = await db
    .selectFrom("policy_pack_versions")
    .where("id", "=", versionId)
    .select("metadata")
    .executeTakeFirstOrThrow();
  return row.metadata.policies;
}

/** Each policy of some versions with the level that its pack gives it, by version. */
export async function listLevels(
  db: Db,
  versionIds: readonly string[],
): Promise<Map<string, { name: string; enforcementLevel: string | null }[]>> {
  if (versionIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; policies: { name: string; enforcementLevel: string | null }[] }>`
    select id, coalesce((
      select json_agg(json_build_object('name', policy ->> 'name', 'enforcementLevel', policy ->> 'enforcementLevel'))
      from json_array_elements(metadata -> 'policies') as policy
    ), '[]') as policies
    from policy_pack_versions where id = any(${[...versionIds]}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, policies }) => [id, policies]));
}

/** Each policy of a pack's published versions, with the severities that they give it. @returns undefined when none is published. */
export async function listPolicyNames(
  db: Db,
  organizationId: string,
  pack: string,
): Promise<{ name: string; severities: string[] }[] | undefined> {
  const { rows } = await sql<{ name: string | null; severities: string[] }>`
    select policy.name, coalesce(array_agg(distinct policy.severity) filter (where policy.severity is not null), '{}') as severities
    from policy_packs pack
    join policy_pack_versions version on version.pack_id = pack.id and version.status = 'completed'
    left join lateral jsonb_each_text(version.severities) as policy (name, severity) on true
    where pack.organization_id = ${organizationId} and pack.name = ${pack}
    group by 1`.execute(db);
  if (rows.length === 0) return undefined;
  return rows.flatMap(({ name, severities }) => (name === null ? [] : [{ name, severities }]));
}

/** The policies of versions by their packs' names, also of versions that were removed since. */
export async function readPoliciesOf(
  db: Db,
  organizationId: string,
  versions: readonly { pack: string; version: number }[],
): Promise<Map<string, PackMetadata["policies"]>> {
  if (versions.length === 0) return new Map();
  const wanted = versions.map(({ pack, version }) => sql`(${pack}, ${version}::integer)`);
  const rows = await db
    .selectFrom("policy_pack_versions as version")
    .innerJoin("policy_packs as pack", "pack.id", "version.pack_id")
    .where("pack.organization_id", "=", organizationId)
    .where(sql<boolean>`(pack.name, version.version) in (${sql.join(wanted)})`)
    .select(["pack.name", "version.metadata"])
    .execute();
  return new Map(rows.map(({ name, metadata }) => [name, metadata.policies]));
}

/** The policies of versions that their packs give a severity, also of versions that were removed since. */
export async function listSeverities(
  db: Db,
  organizationId: string,
  versions: readonly { pack: string; version: number }[],
): Promise<{ pack: string; version: number; policy: string; severity: string }[]> {
  if (versions.length === 0) return [];
  const wanted = versions.map(({ pack, version }) => sql`(${pack}, ${version}::integer)`);
  const { rows } = await sql<{ pack: string; version: number; policy: string; severity: string }>`
    select pack.name as pack, version.version, policy.name as policy, policy.severity
    from policy_packs pack
    join policy_pack_versions version on version.pack_id = pack.id
    cross join jsonb_each_text(version.severities) as policy (name, severity)
    where pack.organization_id = ${organizationId} and (pack.name, version.version) in (${sql.join(wanted)})
      and policy.severity <> ''`.execute(db);
  return rows;
}

/** A policy of a published version, as its pack describes it. */
export async function findPolicy(
  db: Db,
  wanted: { organizationId: string; pack: string; tag: string; policy: string },
): Promise<PackMetadata["policies"][number] | undefined> {
  const row = await db
    .selectFrom("policy_pack_versions as version")
    .innerJoin("policy_packs as pack", "pack.id", "version.pack_id")
    .where("pack.organization_id", "=", wanted.organizationId)
    .where("pack.name", "=", wanted.pack)
    .where("version.status", "=", "completed")
    .where(sql<string>`coalesce(version.tag, version.version::text)`, "=", wanted.tag)
    .select("version.metadata")
    .executeTakeFirst();
  return row?.metadata.policies.find(({ name }) => name === wanted.policy);
}
