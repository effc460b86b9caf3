import { newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, transaction } from "../context.ts";
import type { TeamMember } from "./member-queries.ts";
import { addTeamMember } from "./members.ts";
import { insertTeam, type Team } from "./queries.ts";
import { readTeam } from "./read.ts";

/**
 * Makes a team. A person who makes one becomes its first admin. An organization's token can't be a member.
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
    const teamId = await insertTeam(db, { organizationId: org.id, name, displayName, description });
    if (!teamId) throw newError("team_exists", { team: name, organization: org.name });
    await recordAudit(tx, {
      event: "Team Created",
      description: `Team ${name}${actor.scope ? "" : `, with ${actor.login} as its admin`}`,
    });
    if (!actor.scope) await addTeamMember(tx, { teamId, userId: actor.userId, admin: true });
    return readTeam(tx, name);
  });
}
