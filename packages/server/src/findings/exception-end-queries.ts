import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { NOW } from "../db/time.ts";
import { lockStacks } from "../stacks/index.ts";
import type { TopFinding } from "./finding-changes.ts";
import { isWorse } from "./settle-queries.ts";

/** Which exceptions have no effect any more: one that was removed, or those whose time is over. */
export type Gone = { organizationId: string; id: string } | "expired";

/** A finding that an exception was taken from. */
export interface Unexcepted extends TopFinding {
  organizationId: string;
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
 */
export async function endExceptions(db: Db, gone: Gone, limit: number): Promise<Unexcepted[]> {
  const isGone =
    gone === "expired" ? sql`(named ->> 'expiresAt')::timestamptz <= ${NOW}` : sql`named ->> 'id' = ${gone.id}`;
  const due = sql`ended = 'excepted' and exists (select from jsonb_array_elements(exceptions) as named where ${isGone})
    and ${gone === "expired" ? sql`true` : sql`organization_id = ${gone.organizationId}`}
    and stack_id in (select id from stacks)`;
  const stacks = await sql<{ id: string }>`
    select distinct stack_id as id from (select stack_id from findings where ${due} order by id limit ${limit}) as due`.execute(
    db,
  );
  const stackIds = stacks.rows.map(({ id }) => id);
  if (stackIds.length === 0) return [];
  await lockStacks(db, stackIds);
  const { rows } = await sql<Unexcepted>`
    with due as (
      select id, (select jsonb_agg(named order by place) from jsonb_array_elements(exceptions) with ordinality as each (named, place)
          where (${isGone}) is not true) as others,
        array(select named ->> 'id' from jsonb_array_elements(exceptions) as named where ${isGone}) as ids
      from findings where ${due} and stack_id = any(${stackIds}::uuid[]) order by id limit ${limit} for update
    )
    update findings set
      exceptions = others,
      ended = case when others is not null then 'excepted' end,
      resolved_at = case when others is not null then resolved_at end,
      status = case when others is null and ${isWorse("findings")} then 'open' else status end,
      reason = case when others is null and ${isWorse("findings")} then null else reason end,
      expires_at = case when others is null and ${isWorse("findings")} then null else expires_at end,
      modified_at = now()
    from due where findings.id = due.id
    returning findings.organization_id as "organizationId", findings.stack_id as "stackId", findings.id, findings.pack,
      findings.tag, findings.policy, findings.urn, findings.level, findings.severity, findings.message,
      findings.urn_digest as digest, findings.ended is null as open, findings.status, due.ids,
      (select project from stacks where stacks.id = findings.stack_id) as project,
      (select name from stacks where stacks.id = findings.stack_id) as stack`.execute(db);
  return rows;
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
