import type { StackPermission } from "@quillon/contract";
import { sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { hasSqlState, SQLSTATE } from "../db/sqlstate.ts";
import { selectReadable } from "./readable-queries.ts";

/** A stack on which a team has a permission. */
export interface Grant {
  project: string;
  name: string;
  permission: StackPermission;
}

/** The team's permissions on the stacks that the caller may read, in the order of the stacks' names. */
export async function selectGrants(
  db: Db,
  { actor, organizationId, teamId }: { actor: Actor; organizationId: string; teamId: string },
): Promise<Grant[]> {
  return selectReadable(db, actor)
    .innerJoin("team_stacks", "team_stacks.stack_id", "stack.id")
    .where("org.id", "=", organizationId)
    .where("team_stacks.team_id", "=", teamId)
    .orderBy("stack.project")
    .orderBy("stack.name")
    .select(["stack.project", "stack.name", "team_stacks.permission"])
    .execute();
}

export async function hasGrant(db: Db, { teamId, stackId }: { teamId: string; stackId: string }): Promise<boolean> {
  const row = await db
    .selectFrom("team_stacks")
    .where("team_id", "=", teamId)
    .where("stack_id", "=", stackId)
    .select("stack_id")
    .executeTakeFirst();
  return row !== undefined;
}

/** The teams that have permissions on each of these stacks, as one text: equal for stacks that the same teams may read. */
export async function listTeamsOf(db: Db, stackIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; teams: string }>`
    select stack_id as id, string_agg(team_id::text, ' ' order by team_id) as teams
    from team_stacks where stack_id = any(${[...stackIds]}::uuid[]) group by stack_id`.execute(db);
  return new Map(rows.map(({ id, teams }) => [id, teams]));
}

export async function deleteGrant(db: Db, { teamId, stackId }: { teamId: string; stackId: string }): Promise<void> {
  await db.deleteFrom("team_stacks").where("team_id", "=", teamId).where("stack_id", "=", stackId).execute();
}

/**
 * Gives the team the permission on the stack, instead of one that it has.
 *
 * @returns false when another request has just removed the team or the stack. The transaction can then only be rolled
 * back.
 */
export async function upsertGrant(
  db: Db,
  grant: { teamId: string; stackId: string; permission: Exclude<StackPermission, "none"> },
): Promise<boolean> {
  const { teamId, stackId, permission } = grant;
  try {
    await db
      .insertInto("team_stacks")
      .values({ team_id: teamId, stack_id: stackId, permission })
      .onConflict((conflict) => conflict.columns(["team_id", "stack_id"]).doUpdateSet({ permission }))
      .execute();
    return true;
  } catch (error) {
    if (hasSqlState(error, SQLSTATE.foreignKeyViolation)) return false;
    throw error;
  }
}
