import { newError } from "@quillon/contract";
import { type OrgCtx, transaction } from "../context.ts";
import { addTeamMember } from "./members.ts";
import { deleteTeamRow, insertTeam } from "./queries.ts";
import { readTeam, type Team, type TeamMember } from "./read.ts";

/**
 * Makes a team. A person who does becomes its first admin; an organization's token can't be a member.
 *
 * @throws team_exists
 */
export function createTeam(
  ctx: OrgCtx,
  input: { name: string; displayName?: string; description?: string },
): Promise<Team & { members: TeamMember[] }> {
  const { name, displayName = name, description = "" } = input;
  return transaction(ctx, async (tx) => {
    const { db, org, actor } = tx;
    const id = await insertTeam(db, { organization_id: org.id, name, display_name: displayName, description });
    if (!id) throw newError("team_exists", { team: name, organization: org.name });
    if (!actor.scope) await addTeamMember(tx, { teamId: id, userId: actor.userId, admin: true });
    return readTeam(tx, name);
  });
}

/** Removes a team, its permissions on stacks and its tokens. @throws team_not_found */
export async function deleteTeam({ db, org }: OrgCtx, name: string): Promise<void> {
  if (!(await deleteTeamRow(db, org.id, name))) {
    throw newError("team_not_found", { team: name, organization: org.name });
  }
}
