import { newError } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import type { OrgCtx, Tx } from "../context.ts";
import { deleteTeamRow } from "./queries.ts";

/** Removes a team, its permissions on stacks and its tokens. @throws team_not_found */
export async function deleteTeam(tx: Tx<OrgCtx>, name: string): Promise<void> {
  const { db, org } = tx;
  const deleted = await deleteTeamRow(db, org.id, name);
  if (!deleted) throw newError("team_not_found", { team: name, organization: org.name });
  await recordAudit(tx, { event: "Team Removed", description: `Team ${name}` });
}
