import { fail } from "@quillon/contract";
import { sql } from "kysely";
import type { OrgCtx, TeamCtx } from "../context.ts";
import type { Db } from "../db/open.ts";
import type { StackPermission } from "../db/schema.ts";
import { isReadable, seatsOf } from "../stacks/index.ts";

const FOREIGN_KEY_VIOLATION = "23503";

/** @throws removed_meanwhile when another request removed what the row refers to, just before. */
async function unlessGone(insertion: Promise<unknown>): Promise<void> {
  await insertion.catch((error: { code?: string }) => {
    throw error.code === FOREIGN_KEY_VIOLATION ? fail("removed_meanwhile", {}) : error;
  });
}

/** The caller's own place in a team. */
export type TeamRole = "none" | "member" | "admin";

/** An organization's teams by name, or the one of that name. */
export async function listTeams({ db, org, actor }: OrgCtx, name?: string) {
  return db
    .selectFrom("teams")
    .leftJoin("team_members as seat", (join) =>
      join.onRef("seat.team_id", "=", "teams.id").on("seat.user_id", "=", actor.userId),
    )
    .where("teams.organization_id", "=", org.id)
    .$if(name !== undefined, (query) => query.where("teams.name", "=", name ?? ""))
    .orderBy("teams.name")
    .select([
      "teams.id",
      "teams.name",
      "teams.display_name as displayName",
      "teams.description",
      sql<TeamRole>`case when seat.admin then 'admin' when seat.admin is null then 'none' else 'member' end`.as(
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

export async function setTexts(
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

/** Puts a member of the organization in the team; one who is there stays what they are. */
export async function insertTeamMember(
  db: Db,
  seat: { organization_id: string; team_id: string; user_id: string; admin?: boolean },
): Promise<void> {
  await unlessGone(
    db
      .insertInto("team_members")
      .values(seat)
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
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

/** What the team was given, of the stacks that the caller may read. */
export async function listGrants({ db, org, actor }: OrgCtx, teamId: string) {
  return db
    .selectFrom(seatsOf(actor))
    .innerJoin("organizations as org", "org.id", "seat.organization_id")
    .innerJoin("stacks as stack", "stack.organization_id", "org.id")
    .innerJoin("team_stacks", "team_stacks.stack_id", "stack.id")
    .where("org.id", "=", org.id)
    .where("team_stacks.team_id", "=", teamId)
    .where(isReadable(actor))
    .orderBy("stack.project")
    .orderBy("stack.name")
    .select(["stack.project", "stack.name", "team_stacks.permission"])
    .execute();
}

export async function hasGrant({ db, team }: TeamCtx, stackId: string): Promise<boolean> {
  const row = await db
    .selectFrom("team_stacks")
    .where("team_id", "=", team.id)
    .where("stack_id", "=", stackId)
    .select("stack_id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Gives the team that permission on the stack in place of what it had; `none` takes it away. */
export async function setGrant(db: Db, teamId: string, stackId: string, permission: StackPermission): Promise<void> {
  if (permission === "none") {
    await db.deleteFrom("team_stacks").where("team_id", "=", teamId).where("stack_id", "=", stackId).execute();
    return;
  }
  await unlessGone(
    db
      .insertInto("team_stacks")
      .values({ team_id: teamId, stack_id: stackId, permission })
      .onConflict((conflict) => conflict.columns(["team_id", "stack_id"]).doUpdateSet({ permission }))
      .execute(),
  );
}
