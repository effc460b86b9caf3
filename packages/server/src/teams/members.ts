import { type AuditEventName, newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import type { OrgCtx, TeamCtx, Tx } from "../context.ts";
import { findMember } from "../people/index.ts";
import { deleteTeamMember, insertTeamMember, setTeamAdmin } from "./member-queries.ts";

export type MemberAction = "add" | "remove" | "promote" | "demote";

/**
 * Adds a member of the organization to the team, removes them, or changes whether they administer it.
 *
 * @throws team_edit_refused; removed_meanwhile when another request has just removed the team or the member.
 */
export async function changeTeamMember(
  tx: Tx<TeamCtx>,
  { action, login }: { action: MemberAction; login: string },
): Promise<void> {
  const { db, org, team } = tx;
  const member = await findMember(db, org.id, login);
  if (!member) {
    throw newError("team_edit_refused", {
      problem: "not_a_member",
      team: team.name,
      login,
      organization: org.name,
    });
  }
  const { userId } = member;
  if (action === "add") {
    if (await addTeamMember(tx, { teamId: team.id, userId })) await recordMember(tx, action, login);
    return;
  }
  const changed =
    action === "remove"
      ? await deleteTeamMember(db, team.id, userId)
      : await setTeamAdmin(db, { teamId: team.id, userId, admin: action === "promote" });
  if (!changed) throw newError("team_edit_refused", { problem: "not_in_team", team: team.name, login });
  await recordMember(tx, action, login);
}

const memberEvents: Record<MemberAction, { event: AuditEventName; role: string }> = {
  add: { event: "Team Member Added", role: "" },
  remove: { event: "Team Member Removed", role: "" },
  promote: { event: "Team Member Role Changed", role: ", now its admin" },
  demote: { event: "Team Member Role Changed", role: ", no longer its admin" },
};

async function recordMember(tx: Tx<TeamCtx>, action: MemberAction, login: string): Promise<void> {
  const { event, role } = memberEvents[action];
  await recordAudit(tx, { event, description: `Team ${tx.team.name}: ${login}${role}` });
}

/** @returns whether they are new in it. @throws removed_meanwhile when another request has just removed the team or the member. */
export async function addTeamMember(
  { db, org }: Tx<Pick<OrgCtx, "db" | "org">>,
  { teamId, userId, admin = false }: { teamId: string; userId: string; admin?: boolean },
): Promise<boolean> {
  const added = await insertTeamMember(db, { organizationId: org.id, teamId, userId, admin });
  if (added === undefined) throw newError("removed_meanwhile", {});
  return added;
}
