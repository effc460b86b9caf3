import type { GroupMode, PackNeeds } from "@quillon/contract";
import { sql } from "kysely";
import type { Db } from "../db/open.ts";

export interface Entry {
  groupId: string;
  packId: string;
  versionId: string;
  /** JSON text, as it was sent. */
  config: string | null;
  change: string;
  follows: boolean;
  environments: string[];
}

/** Enables the version in the group, instead of any other version of the pack. */
export async function upsertEnabled(db: Db, entry: Entry): Promise<void> {
  const what = {
    version_id: entry.versionId,
    config: entry.config,
    changed: entry.change,
    follows: entry.follows,
    environments: JSON.stringify(entry.environments),
  };
  await db
    .insertInto("policy_group_packs")
    .values({ group_id: entry.groupId, pack_id: entry.packId, ...what })
    .onConflict((conflict) => conflict.columns(["group_id", "pack_id"]).doUpdateSet(what))
    .execute();
}

export async function deleteEnabled(db: Db, groupId: string, packId: string): Promise<void> {
  await db.deleteFrom("policy_group_packs").where("group_id", "=", groupId).where("pack_id", "=", packId).execute();
}

export type EnabledRow = Awaited<ReturnType<typeof listEnabled>>[number];

/** What the group has enabled, by pack name; `newest` is the pack's highest published version. */
export async function listEnabled(db: Db, groupId: string) {
  return db
    .selectFrom("policy_group_packs as enabled")
    .innerJoin("policy_packs as pack", "pack.id", "enabled.pack_id")
    .innerJoin("policy_pack_versions as version", "version.id", "enabled.version_id")
    .where("enabled.group_id", "=", groupId)
    .orderBy("pack.name")
    .select((of) => [
      "enabled.pack_id as packId",
      "enabled.version_id as versionId",
      "enabled.config",
      "enabled.follows",
      "enabled.environments",
      "pack.name",
      "version.version",
      "version.tag",
      "version.needs",
      "version.display_name as displayName",
      of
        .selectFrom("policy_pack_versions as other")
        .whereRef("other.pack_id", "=", "enabled.pack_id")
        .where("other.status", "=", "completed")
        .orderBy("other.version", "desc")
        .limit(1)
        .select(sql<string>`coalesce(other.tag, other.version::text)`.as("newest"))
        .as("newest"),
    ])
    .execute();
}

/** Names of the packs that the group has enabled. */
export async function listEnabledNames(db: Db, groupId: string): Promise<string[]> {
  return (await listEnabled(db, groupId)).map(({ name }) => name);
}

/** Names of the packs that the organization's groups of this mode have enabled. */
export async function listEnabledPacks(db: Db, organizationId: string, mode: GroupMode): Promise<string[]> {
  const rows = await db
    .selectFrom("policy_group_packs as enabled")
    .innerJoin("policy_groups as group", "group.id", "enabled.group_id")
    .innerJoin("policy_packs as pack", "pack.id", "enabled.pack_id")
    .where("group.organization_id", "=", organizationId)
    .where("group.mode", "=", mode)
    .distinct()
    .select("pack.name")
    .execute();
  return rows.map(({ name }) => name);
}

/** The versions of packs that any of the organization's groups has enabled. */
export async function listEnabledVersions(db: Db, organizationId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("policy_group_packs as enabled")
    .innerJoin("policy_groups as group", "group.id", "enabled.group_id")
    .where("group.organization_id", "=", organizationId)
    .distinct()
    .select("enabled.version_id as id")
    .execute();
  return rows.map(({ id }) => id);
}

/** On what the versions of a pack run that any of the organization's groups has enabled; without one, the newest. */
export async function listVersionsInUse(db: Db, organizationId: string, pack: string) {
  const { rows } = await sql<{
    runtime: string | null;
    needs: PackNeeds | null;
    sdk: { name: string; version: string } | null;
  }>`
    with published as (
      select version.id, version.version,
        exists (select from policy_group_packs enabled where enabled.version_id = version.id) as "isEnabled"
      from policy_packs pack
      join policy_pack_versions version on version.pack_id = pack.id and version.status = 'completed'
      where pack.organization_id = ${organizationId} and pack.name = ${pack}
    ), wanted as (
      select id from published where "isEnabled"
      union
      (select id from published where not exists (select from published where "isEnabled") order by version desc limit 1)
    )
    select runtime, needs, sdk from policy_pack_versions where id in (select id from wanted)`.execute(db);
  return rows;
}

/** Names of the groups that have any of the versions enabled. */
export async function listGroupsEnabling(db: Db, versionIds: readonly string[]): Promise<string[]> {
  return [...new Set((await listEnabling(db, versionIds)).map(({ group }) => group))];
}

/** Which groups have which of the versions enabled, by the groups' names. */
export async function listEnabling(
  db: Db,
  versionIds: readonly string[],
): Promise<{ versionId: string; group: string }[]> {
  if (versionIds.length === 0) return [];
  return db
    .selectFrom("policy_group_packs as enabled")
    .innerJoin("policy_groups as group", "group.id", "enabled.group_id")
    .where("enabled.version_id", "in", versionIds)
    .orderBy("group.name")
    .select(["enabled.version_id as versionId", "group.name as group"])
    .execute();
}

/** The groups that have any version of the packs enabled, by name. */
export async function listAppliers(db: Db, packIds: readonly string[]) {
  if (packIds.length === 0) return [];
  return db
    .selectFrom("policy_group_packs as enabled")
    .innerJoin("policy_groups as group", "group.id", "enabled.group_id")
    .innerJoin("policy_pack_versions as version", "version.id", "enabled.version_id")
    .where("enabled.pack_id", "in", packIds)
    .orderBy("group.name")
    .select([
      "enabled.pack_id as packId",
      "enabled.follows",
      "group.id as groupId",
      "group.name",
      "group.is_default as isDefault",
      "group.mode",
      "version.version",
      "version.tag",
    ])
    .execute();
}

/** The groups that follow the pack and have a version older than `version`. */
export async function listFollowersBehind(db: Db, packId: string, version: number): Promise<string[]> {
  const rows = await db
    .selectFrom("policy_group_packs as enabled")
    .innerJoin("policy_pack_versions as current", "current.id", "enabled.version_id")
    .where("enabled.pack_id", "=", packId)
    .where("enabled.follows", "=", true)
    .where("current.version", "<", version)
    .select("enabled.group_id")
    .execute();
  return rows.map(({ group_id }) => group_id);
}
