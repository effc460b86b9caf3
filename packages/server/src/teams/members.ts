import { newError } from "@quillon/contract";
import type { OrgCtx, TeamCtx } from "../context.ts";
import { findMember } from "../people/index.ts";
import { deleteTeamMember, insertTeamMember, setTeamAdmin } from "./queries.ts";

export type MemberAction = "add" | "remove" | "promote" | "demote";

/**
 * Adds a member of the organization to the team, removes them, or changes whether they administer it.
 *
 * @throws team_edit_refused; removed_meanwhile when another request has just removed the team or the member.
 */
export async function changeTeamMember(
  tx: TeamCtx,
  { action, login }: { action: MemberAction; login: string },
): Promise<void> {
  const { db, org, team } = tx;
  const member = await findMember(db, org.id, login);
  if (!member) {
    throw newError("team_edit_refused", { team: team.name, problem: `${login} is not a member of ${org.name}` });
  }
  if (action === "add") return addTeamMember(tx, { teamId: team.id, userId: member.userId });
  const changed =
    action === "remove"
      ? await deleteTeamMember(db, team.id, member.userId)
      : await setTeamAdmin(db, team.id, member.userId, action === "promote");
  if (!changed) throw newError("team_edit_refused", { team: team.name, problem: `${login} is not in it` });
}

/** @throws removed_meanwhile when another request has just removed the team or the member. */
export async function addTeamMember(
  { db, org }: Pick<OrgCtx, "db" | "org">,
  { teamId, userId, admin = false }: { teamId: string; userId: string; admin?: boolean },
): Promise<void> {
  const added = await insertTeamMember(db, { organization_id: org.id, team_id: teamId, user_id: userId, admin });
  if (!added) throw newError("removed_meanwhile", {});
}
