import type { Role, StackPermission } from "@quillon/contract";
import { sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";

export interface Organization {
  name: string;
  created: Date;
  /** What its members may do with any stack. */
  defaultPermission: StackPermission;
}

/** The organizations in which the caller may act, starting with the one that they joined first. */
export async function listOrganizations(db: Db, { userId, scope }: Actor): Promise<{ name: string; role: Role }[]> {
  if (scope) return [{ name: scope.organization.name, role: scope.role }];
  return db
    .selectFrom("members")
    .innerJoin("organizations", "organizations.id", "members.organization_id")
    .where("members.user_id", "=", userId)
    .orderBy("members.created_at")
    .orderBy("organizations.name")
    .select(["organizations.name", "members.role"])
    .execute();
}

/** The organizations that a person is a member of. */
export async function listOrganizationIds(db: Db, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("members")
    .where("user_id", "=", userId)
    .orderBy("organization_id")
    .select("organization_id as id")
    .execute();
  return rows.map(({ id }) => id);
}

/** The organization of that name and the caller's role in it. @returns undefined when they have none. */
export async function findMembership(
  db: Db,
  { userId, scope }: Actor,
  organization: string,
): Promise<{ id: string; name: string; defaultPermission: StackPermission; role: Role } | undefined> {
  const found = db
    .selectFrom("organizations as org")
    .where("org.name", "=", organization)
    .select(["org.id", "org.name", "org.default_permission as defaultPermission"]);
  if (scope) {
    const org = await found.where("org.id", "=", scope.organization.id).executeTakeFirst();
    return org && { ...org, role: scope.role };
  }
  return found
    .innerJoin("members", (join) =>
      join.onRef("members.organization_id", "=", "org.id").on("members.user_id", "=", userId),
    )
    .select("members.role")
    .executeTakeFirst();
}

/**
 * The organization that a caller means by a name. CLIs before 3.232 ask with the caller's login for stacks without an
 * organization; where no organization has that name, it means the caller's default one.
 */
export async function meantOrganization(db: Db, actor: Actor, name: string): Promise<string> {
  if (name !== actor.login) return name;
  const taken = await db.selectFrom("organizations").where("name", "=", name).select("id").executeTakeFirst();
  if (taken) return name;
  const [home] = await listOrganizations(db, actor);
  return home?.name ?? name;
}

/** A subquery for joins: the organizations in which the caller may act, and their role there. */
export function membershipsOf({ userId, scope }: Actor) {
  const memberships = scope
    ? sql`select ${scope.organization.id}::uuid as organization_id, ${scope.role}::text as role`
    : sql`select organization_id, role from members where user_id = ${userId}`;
  return sql<{ organization_id: string; role: Role }>`(${memberships})`.as<"membership">(sql`membership`);
}

/** @returns its id, or undefined when there is an organization of that name. */
export async function insertOrganization(db: Db, name: string): Promise<string | undefined> {
  const row = await db
    .insertInto("organizations")
    .values({ name })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

export async function readOrganization(db: Db, id: string): Promise<Organization> {
  return db
    .selectFrom("organizations")
    .where("id", "=", id)
    .select(["name", "default_permission as defaultPermission", "created_at as created"])
    .executeTakeFirstOrThrow();
}

export async function setDefaultPermission(db: Db, id: string, permission: StackPermission): Promise<void> {
  await db.updateTable("organizations").set({ default_permission: permission }).where("id", "=", id).execute();
}

/**
 * Counts one more change to the organization's policies. Everything that changes groups, or which versions can be
 * enabled, calls it first. Its row lock makes such changes of one organization wait for each other.
 *
 * @returns the number of the change.
 */
export async function nextPolicyChange(db: Db, organizationId: string): Promise<string> {
  const { changes } = await db
    .updateTable("organizations")
    .set({ changes: sql<string>`changes + 1` })
    .where("id", "=", organizationId)
    .returning("changes")
    .executeTakeFirstOrThrow();
  return changes;
}
