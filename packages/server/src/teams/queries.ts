import { sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { hasSqlState, SQLSTATE } from "../db/sqlstate.ts";

/** The teams that the caller is in, or, for a team's token, that team. A subquery of one column. */
export function teamsOf({ userId, scope }: Actor) {
  return scope?.team
    ? sql`select ${scope.team.id}::uuid as team_id`
    : sql`select team_id from team_members where user_id = ${userId}`;
}

/** The caller's own place in a team. */
export type TeamRole = "none" | "member" | "admin";

/** An organization's teams by name, or only the one of that name. */
export async function listTeams(
  db: Db,
  { organizationId, userId, name }: { organizationId: string; userId: string; name?: string },
) {
  return db
    .selectFrom("teams")
    .leftJoin("team_members as membership", (join) =>
      join.onRef("membership.team_id", "=", "teams.id").on("membership.user_id", "=", userId),
    )
    .where("teams.organization_id", "=", organizationId)
    .$if(name !== undefined, (query) => query.where("teams.name", "=", name ?? ""))
    .orderBy("teams.name")
    .select([
      "teams.id",
      "teams.name",
      "teams.display_name as displayName",
      "teams.description",
      sql<TeamRole>`case when membership.admin then 'admin' when membership.admin is null then 'none' else 'member' end`.as(
        "userRole",
      ),
    ])
    .execute();
}

/** @returns undefined when the organization has a team of that name. */
export async function insertTeam(
  db: Db,
  team: { organization_id: string; name: string; display_name: string; description: string },
): Promise<string | undefined> {
  const row = await db
    .insertInto("teams")
    .values(team)
    .onConflict((conflict) => conflict.columns(["organization_id", "name"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

export async function deleteTeamRow(db: Db, organizationId: string, name: string): Promise<boolean> {
  const deleted = await db
    .deleteFrom("teams")
    .where("organization_id", "=", organizationId)
    .where("name", "=", name)
    .executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}

export async function setTeamTexts(
  db: Db,
  teamId: string,
  texts: { display_name?: string; description?: string },
): Promise<void> {
  if (Object.keys(texts).length > 0) await db.updateTable("teams").set(texts).where("id", "=", teamId).execute();
}

/** Who is in the team, by login. */
export async function listTeamMembers(db: Db, teamId: string) {
  return db
    .selectFrom("team_members")
    .innerJoin("users", "users.id", "team_members.user_id")
    .where("team_members.team_id", "=", teamId)
    .orderBy("users.login")
    .select(["users.login", "users.name", "team_members.admin"])
    .execute();
}

/**
 * Puts a member of the organization in the team. Somebody who is in it already keeps their role.
 *
 * @returns false when another request has just removed the team or the member; the transaction can only be rolled back
 * then.
 */
export async function insertTeamMember(
  db: Db,
  member: { organization_id: string; team_id: string; user_id: string; admin?: boolean },
): Promise<boolean> {
  return db
    .insertInto("team_members")
    .values(member)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
    .then(
      () => true,
      (error) => {
        if (hasSqlState(error, SQLSTATE.foreignKeyViolation)) return false;
        throw error;
      },
    );
}

/** @returns false when the user is not in the team. */
export async function setTeamAdmin(db: Db, teamId: string, userId: string, admin: boolean): Promise<boolean> {
  const changed = await db
    .updateTable("team_members")
    .set({ admin })
    .where("team_id", "=", teamId)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n;
}

/** @returns false when the user is not in the team. */
export async function deleteTeamMember(db: Db, teamId: string, userId: string): Promise<boolean> {
  const deleted = await db
    .deleteFrom("team_members")
    .where("team_id", "=", teamId)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}
