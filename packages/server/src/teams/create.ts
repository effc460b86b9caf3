import { fail } from "@quillon/contract";
import { type OrgCtx, transaction } from "../context.ts";
import { deleteTeamRow, insertTeam, insertTeamMember } from "./queries.ts";
import { readTeam } from "./read.ts";

/** Makes a team. A person who does becomes its first admin; a token of the organization can't be in one. @throws team_exists */
export function createTeam(ctx: OrgCtx, input: { name: string; displayName?: string; description?: string }) {
  const { name, displayName = name, description = "" } = input;
  return transaction(ctx, async (trx) => {
    const { db, org, actor } = trx;
    const id = await insertTeam(db, { organization_id: org.id, name, display_name: displayName, description });
    if (!id) throw fail("team_exists", { team: name, organization: org.name });
    const seat = { organization_id: org.id, team_id: id, user_id: actor.userId };
    if (!actor.scope) await insertTeamMember(db, { ...seat, admin: true });
    return readTeam(trx, name);
  });
}

/** Removes a team; what it was given and its tokens go with it. @throws team_not_found */
export async function deleteTeam({ db, org }: OrgCtx, name: string): Promise<void> {
  if (!(await deleteTeamRow(db, org.id, name))) throw fail("team_not_found", { team: name, organization: org.name });
}
