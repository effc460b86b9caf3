import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { exceptionId, type MatchEntry } from "./exception.ts";
import { matchOf } from "./list-queries.ts";
import { IS_ACTIVE } from "./queries.ts";

/** An exception that is in effect, with what it says of one stack. */
export interface ActiveException {
  id: string;
  reason: string;
  expiresAt: Date | null;
  match: MatchEntry[];
}

/** The exceptions that are in effect for a stack at this moment, by pack, in the order of their numbers. */
export async function readActive(
  db: Db,
  { organizationId, project, stack }: { organizationId: string; project: string; stack: string },
): Promise<Map<string, ActiveException[]>> {
  const { rows } = await sql<Omit<ActiveException, "id"> & { number: number; pack: string }>`
    select exception.number, exception.pack, exception.match, exception.reason, exception.expires_at as "expiresAt"
    from policy_exception_stacks named
    join policy_exceptions exception on exception.id = named.exception_id
    where named.organization_id = ${organizationId} and named.project = ${project} and named.stack = ${stack}
      and ${IS_ACTIVE}
    order by exception.number`.execute(db);
  const own = new Set([`${project}/${stack}`]);
  const byPack = new Map<string, ActiveException[]>();
  for (const { number, pack, match, ...exception } of rows) {
    const ofPack = byPack.get(pack) ?? [];
    byPack.set(pack, ofPack);
    ofPack.push({ id: exceptionId(number), ...exception, match: matchOf(match, own) });
  }
  return byPack;
}
