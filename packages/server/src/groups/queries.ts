import { sql } from "kysely";
import type { Db } from "../db/open.ts";

export async function insertDefaultGroup(trx: Db, organizationId: string, name: string): Promise<void> {
  await trx.insertInto("policy_groups").values({ organization_id: organizationId, name, is_default: true }).execute();
}

export async function listGroupSummaries(db: Db, organizationId: string) {
  return db
    .selectFrom("policy_groups as group")
    .where("group.organization_id", "=", organizationId)
    .orderBy("group.name")
    .select((of) => [
      "group.name",
      "group.is_default",
      "group.entity_type",
      "group.mode",
      of
        .selectFrom("policy_group_packs")
        .whereRef("group_id", "=", "group.id")
        .select(of.fn.countAll<string>().as("count"))
        .as("packs"),
      of
        .selectFrom("stacks")
        .whereRef("stacks.organization_id", "=", "group.organization_id")
        .select(of.fn.countAll<string>().as("count"))
        .as("stacks"),
    ])
    .execute();
}

export async function findGroup(db: Db, organizationId: string, name: string) {
  return db
    .selectFrom("policy_groups")
    .where("organization_id", "=", organizationId)
    .where("name", "=", name)
    .select(["id", "name"])
    .executeTakeFirst();
}

/** Counts one more change to the organization's policies; edits of one organization wait for each other here. */
export async function nextChange(trx: Db, organizationId: string): Promise<string> {
  const { changes } = await trx
    .updateTable("organizations")
    .set({ changes: sql<string>`changes + 1` })
    .where("id", "=", organizationId)
    .returning("changes")
    .executeTakeFirstOrThrow();
  return changes;
}

export async function upsertEnabled(
  trx: Db,
  entry: { group_id: string; pack_id: string; version_id: string; config: string | null; changed: string },
): Promise<void> {
  const { version_id, config, changed } = entry;
  await trx
    .insertInto("policy_group_packs")
    .values(entry)
    .onConflict((conflict) => conflict.columns(["group_id", "pack_id"]).doUpdateSet({ version_id, config, changed }))
    .execute();
}

/** The version of the pack that the group has enabled. */
export async function findEnabled(db: Db, groupId: string, pack: string) {
  return db
    .selectFrom("policy_group_packs as enabled")
    .innerJoin("policy_packs as pack", "pack.id", "enabled.pack_id")
    .innerJoin("policy_pack_versions as version", "version.id", "enabled.version_id")
    .where("enabled.group_id", "=", groupId)
    .where("pack.name", "=", pack)
    .select(["enabled.pack_id", "version.version", "version.tag"])
    .executeTakeFirst();
}

export async function deleteEnabled(trx: Db, groupId: string, packId: string): Promise<void> {
  await trx.deleteFrom("policy_group_packs").where("group_id", "=", groupId).where("pack_id", "=", packId).execute();
}

/** Names of the groups that have any of the versions enabled. */
export async function listGroupsEnabling(db: Db, versionIds: readonly string[]): Promise<string[]> {
  if (versionIds.length === 0) return [];
  const rows = await db
    .selectFrom("policy_group_packs as enabled")
    .innerJoin("policy_groups as group", "group.id", "enabled.group_id")
    .where("enabled.version_id", "in", versionIds)
    .orderBy("group.name")
    .distinct()
    .select("group.name")
    .execute();
  return rows.map(({ name }) => name);
}

/** Every pack that a preventative group taking in the stack has enabled; the rule picks from these. */
export async function listEnabledFor(db: Db, organizationId: string) {
  return db
    .selectFrom("policy_group_packs as enabled")
    .innerJoin("policy_groups as group", "group.id", "enabled.group_id")
    .innerJoin("policy_packs as pack", "pack.id", "enabled.pack_id")
    .innerJoin("policy_pack_versions as version", "version.id", "enabled.version_id")
    .where("group.organization_id", "=", organizationId)
    .where("group.is_default", "=", true)
    .where("group.mode", "=", "preventative")
    .select([
      "enabled.pack_id as packId",
      "enabled.version_id as versionId",
      "enabled.config",
      "enabled.changed",
      "pack.name",
      "version.version",
      "version.tag",
      "version.metadata",
    ])
    .execute();
}
