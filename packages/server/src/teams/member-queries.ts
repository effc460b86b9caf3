import type { Db } from "../db/open.ts";
import { hasSqlState, SQLSTATE } from "../db/sqlstate.ts";

export interface TeamMember {
  login: string;
  name: string;
  /** Administers the team. */
  admin: boolean;
}

/** The team's members by login. */
export async function listTeamMembers(db: Db, teamId: string): Promise<TeamMember[]> {
  return db
    .selectFrom("team_members")
    .innerJoin("users", "users.id", "team_members.user_id")
    .where("team_members.team_id", "=", teamId)
    .orderBy("users.login")
    .select(["users.login", "users.name", "team_members.admin"])
    .execute();
}

/**
 * Adds a member of the organization to the team. Somebody who is in the team already keeps their role.
 *
 * @returns whether they are new in it; undefined when another request has just removed the team or the member. The transaction
 * can then only be rolled back.
 */
export async function insertTeamMember(
  db: Db,
  member: { organizationId: string; teamId: string; userId: string; admin: boolean },
): Promise<boolean | undefined> {
  try {
    const inserted = await db
      .insertInto("team_members")
      .values({
        organization_id: member.organizationId,
        team_id: member.teamId,
        user_id: member.userId,
        admin: member.admin,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return inserted.numInsertedOrUpdatedRows === 1n;
  } catch (error) {
    if (hasSqlState(error, SQLSTATE.foreignKeyViolation)) return undefined;
    throw error;
  }
}

/** @returns false when the user is not in the team. */
export async function setTeamAdmin(
  db: Db,
  { teamId, userId, admin }: { teamId: string; userId: string; admin: boolean },
): Promise<boolean> {
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
