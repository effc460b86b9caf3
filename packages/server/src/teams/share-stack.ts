import type { OrgCtx } from "../context.ts";
import { setGrant } from "./queries.ts";
import { findTeam } from "./read.ts";

/** Lets teams read and update a stack that the caller has just made, as `pulumi stack init --teams` asks. @throws team_not_found */
export async function shareStack(trx: OrgCtx, stackId: string, teams: readonly string[]): Promise<void> {
  for (const name of new Set(teams)) {
    const team = await findTeam(trx, name);
    await setGrant(trx.db, team.id, stackId, "write");
  }
}
