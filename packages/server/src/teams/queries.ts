import { sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";

/** A subquery of one column: the teams that the caller is in, or, for a team's token, that team. */
export function teamsOf({ userId, scope }: Actor) {
  return scope?.team
    ? sql`select ${scope.team.id}::uuid as team_id`
    : sql`select team_id from team_members where user_id = ${userId}`;
}

/** The caller's role in a team. */
export type TeamRole = "none" | "member" | "admin";

export interface Team {
  id: string;
  name: string;
  displayName: string;
  description: string;
  userRole: TeamRole;
}

/**
 * An organization's teams by name.
 *
 * @param wanted.userId whose role in each team is returned.
 * @param wanted.name only the team of that name.
 * @param wanted.page all of them when it is left out.
 */
export async function listTeams(
  db: Db,
  wanted: { organizationId: string; userId: string; name?: string; page?: { after: string; limit: number } },
): Promise<Team[]> {
  const { organizationId, userId, name, page } = wanted;
  return db
    .selectFrom("teams")
    .leftJoin("team_members as membership", (join) =>
      join.onRef("membership.team_id", "=", "teams.id").on("membership.user_id", "=", userId),
    )
    .where("teams.organization_id", "=", organizationId)
    .$if(name !== undefined, (query) => query.where("teams.name", "=", name ?? ""))
    .$if(page !== undefined, (query) => query.where("teams.name", ">", page?.after ?? "").limit(page?.limit ?? 0))
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

/** @returns its id, or undefined when the organization has a team of that name. */
export async function insertTeam(
  db: Db,
  team: { organizationId: string; name: string; displayName: string; description: string },
): Promise<string | undefined> {
  const row = await db
    .insertInto("teams")
    .values({
      organization_id: team.organizationId,
      name: team.name,
      display_name: team.displayName,
      description: team.description,
    })
    .onConflict((conflict) => conflict.columns(["organization_id", "name"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

/** @returns false when the organization has no team of that name. */
export async function deleteTeamRow(db: Db, organizationId: string, name: string): Promise<boolean> {
  const deleted = await db
    .deleteFrom("teams")
    .where("organization_id", "=", organizationId)
    .where("name", "=", name)
    .executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}

/** @param texts one that is undefined stays as it is. */
export async function setTeamTexts(
  db: Db,
  teamId: string,
  { displayName, description }: { displayName?: string | undefined; description?: string | undefined },
): Promise<void> {
  if (displayName === undefined && description === undefined) return;
  await db
    .updateTable("teams")
    .set({
      ...(displayName !== undefined && { display_name: displayName }),
      ...(description !== undefined && { description }),
    })
    .where("id", "=", teamId)
    .execute();
}
