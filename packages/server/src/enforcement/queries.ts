import type { Tags } from "@quillon/contract";
import { sql } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import type { Db } from "../db/open.ts";

/** What a group has enabled, of the tables `enabled`, `pack` and `version`. */
const entry = [
  "enabled.group_id as groupId",
  "enabled.pack_id as packId",
  "enabled.version_id as versionId",
  "enabled.config",
  "enabled.environments",
  "pack.name",
  "version.version",
  "version.tag",
  "version.sha256",
  "version.display_name as displayName",
] as const;

/**
 * A stack and every group of its organization, with what each has enabled: all that decides what the stack must run. It
 * is one statement, so that it is all from one moment. Its time does not depend on how many stacks there are.
 *
 * @returns undefined when the stack does not exist.
 */
export async function readForStack(db: Db, stackId: string) {
  return db
    .selectFrom("stacks as stack")
    .where("stack.id", "=", stackId)
    .select((of) => [
      "stack.project",
      "stack.name",
      "stack.tags",
      jsonArrayFrom(
        of
          .selectFrom("policy_groups as group")
          .leftJoin("policy_group_stacks as listed", (join) =>
            join.onRef("listed.group_id", "=", "group.id").onRef("listed.stack_id", "=", "stack.id"),
          )
          .whereRef("group.organization_id", "=", "stack.organization_id")
          .select([
            "group.id",
            "group.name",
            "group.is_default as isDefault",
            "group.entity_type as entityType",
            "group.mode",
            "group.stack_rule as stackRule",
            sql<boolean>`listed.stack_id is not null`.as("listed"),
          ]),
      ).as("groups"),
      jsonArrayFrom(
        of
          .selectFrom("policy_group_packs as enabled")
          .innerJoin("policy_groups as group", "group.id", "enabled.group_id")
          .innerJoin("policy_packs as pack", "pack.id", "enabled.pack_id")
          .innerJoin("policy_pack_versions as version", "version.id", "enabled.version_id")
          .whereRef("group.organization_id", "=", "stack.organization_id")
          .select(entry)
          .select(sql<string>`enabled.changed::text`.as("changed")),
      ).as("entries"),
    ])
    .executeTakeFirst();
}

export interface StackOfGroups {
  id: string;
  project: string;
  name: string;
  tags: Tags;
  /** Ids of the groups in whose lists it is. */
  groups: string[];
}

export async function readGroups(db: Db, organizationId: string) {
  return db
    .selectFrom("policy_groups")
    .where("organization_id", "=", organizationId)
    .select(["id", "is_default as isDefault", "entity_type as entityType", "mode", "stack_rule as stackRule"])
    .execute();
}

/** What the organization's groups have enabled. */
export async function readEntries(db: Db, organizationId: string) {
  return db
    .selectFrom("policy_group_packs as enabled")
    .innerJoin("policy_groups as group", "group.id", "enabled.group_id")
    .innerJoin("policy_packs as pack", "pack.id", "enabled.pack_id")
    .innerJoin("policy_pack_versions as version", "version.id", "enabled.version_id")
    .where("group.organization_id", "=", organizationId)
    .select(entry)
    .select("enabled.changed")
    .execute();
}

/** The packs that each group which enforces has enabled, by name. */
export async function listEnforcedPacks(db: Db, organizationId: string) {
  return db
    .selectFrom("policy_group_packs as enabled")
    .innerJoin("policy_groups as group", "group.id", "enabled.group_id")
    .innerJoin("policy_packs as pack", "pack.id", "enabled.pack_id")
    .where("group.organization_id", "=", organizationId)
    .where("group.mode", "=", "preventative")
    .select(["enabled.group_id as groupId", "pack.name as pack"])
    .execute();
}

/** These stacks, each with the ids of the groups in whose lists it is. */
export async function readStacks(db: Db, stackIds: readonly string[]): Promise<StackOfGroups[]> {
  const { rows } = await sql<StackOfGroups>`
    select stack.id, stack.project, stack.name, stack.tags,
      array(select group_id::text from policy_group_stacks listed where listed.stack_id = stack.id) as groups
    from stacks stack where stack.id = any(${[...stackIds]}::uuid[])`.execute(db);
  return rows;
}
