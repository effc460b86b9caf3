import { sql } from "kysely";
import type { StackRef } from "../context.ts";
import type { Db } from "../db/open.ts";
import { prepared } from "../db/prepared.ts";
import { type NewNames, renameUrn } from "../state/index.ts";
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

/** The exceptions from one pack that are in effect for a stack. */
export interface ActiveOfPack {
  /** In the order of their numbers. */
  exceptions: ActiveException[];
  /** Ids of those that the pack did not apply in the stack's last previews. */
  unapplied: string[];
}

interface Row extends Pick<ActiveException, "reason" | "match"> {
  number: number;
  pack: string;
  /** As JSON has it. */
  expiresAt: string | null;
}

/**
 * The exceptions that are in effect for a stack at this moment, by pack. They name it as it is called here; if it has other names in the
 * backend that has its state, the URNs of its resources have those, and so have the targets that are returned.
 */
export async function readActive(
  db: Db,
  { organizationId, stack: { id: stackId, project, name } }: { organizationId: string; stack: StackRef },
): Promise<Map<string, ActiveOfPack>> {
  // One row, because every update waits for it, and fifty rows take twice as long.
  const { rows } = await sql<{ active: Row[]; unapplied: string[]; there: NewNames | null }>`${prepared}
    select coalesce(json_agg(active order by active.number), '[]') as active, array(
      select distinct named ->> 'id' || ' ' || pack
      from predictions cross join jsonb_array_elements(unapplied) as named
      where stack_id = ${stackId} and unapplied is not null
    ) as unapplied, (
      select json_build_object('project', backend_project, 'stack', backend_stack) from stacks
      where id = ${stackId} and (backend_project, backend_stack) is distinct from (project, name) and backend is not null
    ) as there
    from (
      select exception.number, exception.pack, exception.match, exception.reason, exception.expires_at as "expiresAt"
      from policy_exception_stacks named
      join policy_exceptions exception on exception.id = named.exception_id
      where named.organization_id = ${organizationId} and named.project = ${project} and named.stack = ${name}
        and ${IS_ACTIVE}
    ) active`.execute(db);
  const { active = [], unapplied = [], there } = rows[0] ?? {};
  const isUnapplied = new Set(unapplied);
  const own = new Set([`${project}/${name}`]);
  const byPack = new Map<string, ActiveOfPack>();
  for (const { number, pack, reason, expiresAt, match } of active) {
    const ofPack = byPack.get(pack) ?? { exceptions: [], unapplied: [] };
    byPack.set(pack, ofPack);
    const id = exceptionId(number);
    ofPack.exceptions.push({
      id,
      reason,
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      match: there ? renamed(matchOf(match, own), there) : matchOf(match, own),
    });
    if (isUnapplied.has(`${id} ${pack}`)) ofPack.unapplied.push(id);
  }
  return byPack;
}

function renamed(match: readonly MatchEntry[], to: NewNames): MatchEntry[] {
  return match.map(({ policies, targets }) => ({ policies, targets: targets.map((target) => renameUrn(target, to)) }));
}
