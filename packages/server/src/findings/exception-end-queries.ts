import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Gone } from "../exceptions/index.ts";
import { lockStacks } from "../stacks/index.ts";
import type { TopFinding } from "./finding-changes.ts";
import { isWorse } from "./settle-queries.ts";

/** A finding that an exception was taken from. */
export interface Unexcepted extends TopFinding {
  stackId: string;
  project: string;
  stack: string;
  digest: Buffer;
  /** Whether its violation counts again, because no other exception matches. */
  open: boolean;
  /** What somebody has set. */
  status: string;
  /** Those that were taken. */
  ids: string[];
}

/**
 * Takes these exceptions from the findings that are excepted by them, and opens those that no other one matches. At most so many, whose
 * stacks are locked until the transaction ends.
 *
 * @returns them, and how many were found before their stacks were locked.
 */
export async function endExceptions(
  db: Db,
  { organizationId, ids }: Gone,
  limit: number,
): Promise<{ found: number; unexcepted: Unexcepted[] }> {
  const isGone = sql`named ->> 'id' = any(${[...ids]}::text[])`;
  const due = sql`ended = 'excepted' and exists (select from jsonb_array_elements(exceptions) as named where ${isGone})`;
  const first = await sql<{ id: string; stackId: string }>`
    select id, stack_id as "stackId" from findings
    where ${due} and organization_id = ${organizationId}
      and stack_id in (select id from stacks where organization_id = ${organizationId}) limit ${limit}`.execute(db);
  if (first.rows.length === 0) return { found: 0, unexcepted: [] };
  const stackIds = [...new Set(first.rows.map(({ stackId }) => stackId))];
  await lockStacks(db, stackIds);
  const { rows } = await sql<Unexcepted>`
    with due as (
      select id, (select jsonb_agg(named order by place) from jsonb_array_elements(exceptions) with ordinality as each (named, place)
          where not (${isGone})) as others,
        array(select named ->> 'id' from jsonb_array_elements(exceptions) as named where ${isGone}) as ids
      from findings where ${due} and id = any(${first.rows.map(({ id }) => id)}::uuid[]) for update
    )
    update findings set
      exceptions = others,
      ended = case when others is not null then 'excepted' end,
      resolved_at = case when others is not null then resolved_at end,
      status = case when others is null and ${isWorse("findings")} then 'open' else status end,
      reason = case when others is null and ${isWorse("findings")} then null else reason end,
      expires_at = case when others is null and ${isWorse("findings")} then null else expires_at end,
      modified_at = now()
    from due join stacks on stacks.id = any(${stackIds}::uuid[])
    where findings.id = due.id and findings.stack_id = stacks.id
    returning findings.stack_id as "stackId", findings.id, findings.pack,
      findings.tag, findings.policy, findings.urn, findings.level, findings.severity, findings.message,
      findings.urn_digest as digest, findings.ended is null as open, findings.status, due.ids,
      stacks.project, stacks.name as stack`.execute(db);
  return { found: first.rows.length, unexcepted: rows };
}

/** The violations of these findings count in scores again. */
export async function countAgain(db: Db, opened: readonly Unexcepted[]): Promise<void> {
  const rows = opened.map(({ stackId, pack, policy, digest }) => ({
    stackId,
    pack,
    policy,
    digest: digest.toString("hex"),
  }));
  await sql`
    update evaluations set excepted = array(select unnest(excepted) except select unnest(opened.policies))
    from (
      select "stackId" as stack_id, pack, decode(digest, 'hex') as urn_digest, array_agg(policy) as policies
      from json_to_recordset(${JSON.stringify(rows)}::json) as row ("stackId" uuid, pack text, policy text, digest text)
      group by 1, 2, 3
    ) as opened
    where evaluations.stack_id = opened.stack_id and evaluations.pack = opened.pack
      and evaluations.urn_digest = opened.urn_digest`.execute(db);
}
