import { type RawBuilder, type SqlBool, sql } from "kysely";
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
 * @returns them, and whether there are no more.
 */
export async function endExceptions(
  db: Db,
  { organizationId, ids }: Pick<Gone, "organizationId" | "ids">,
  limit: number,
): Promise<{ isAll: boolean; unexcepted: Unexcepted[] }> {
  const isGone = sql<SqlBool>`named ->> 'id' = any(${[...ids]}::text[])`;
  const { rows } = await sql<Excepted>`
    select id, stack_id as "stackId" from findings
    where ${isDue(isGone)} and organization_id = ${organizationId}
      and stack_id in (select id from stacks where organization_id = ${organizationId}) limit ${limit}`.execute(db);
  const stackIds = [...new Set(rows.map(({ stackId }) => stackId))];
  const now = new Set(stackIds.slice(0, STACKS_AT_ONCE));
  const isAll = rows.length < limit && now.size === stackIds.length;
  if (rows.length === 0) return { isAll, unexcepted: [] };
  await lockStacks(db, [...now]);
  const due = rows.filter(({ stackId }) => now.has(stackId));
  return { isAll, unexcepted: await takeExceptions(db, due, isGone) };
}

/** The scores of each are counted by themselves, and on the embedded database all others wait meanwhile. */
const STACKS_AT_ONCE = 20;

interface Excepted {
  id: string;
  stackId: string;
}

/** @param isGone of an exception that a finding names: `named`, of a row of `findings`. */
const isDue = (isGone: RawBuilder<SqlBool>) =>
  sql`ended = 'excepted' and exists (select from jsonb_array_elements(exceptions) as named where ${isGone})`;

/** Of findings whose stacks are locked. */
async function takeExceptions(
  db: Db,
  excepted: readonly Excepted[],
  isGone: RawBuilder<SqlBool>,
): Promise<Unexcepted[]> {
  const { rows } = await sql<Unexcepted>`
    with due as (
      select id, (select jsonb_agg(named order by place) from jsonb_array_elements(exceptions) with ordinality as each (named, place)
          where not (${isGone})) as others,
        array(select named ->> 'id' from jsonb_array_elements(exceptions) as named where ${isGone}) as ids
      from findings where ${isDue(isGone)} and id = any(${excepted.map(({ id }) => id)}::uuid[]) for update
    )
    update findings set
      exceptions = others,
      ended = case when others is not null then 'excepted' end,
      resolved_at = case when others is not null then resolved_at end,
      status = case when others is null and ${isWorse("findings")} then 'open' else status end,
      reason = case when others is null and ${isWorse("findings")} then null else reason end,
      expires_at = case when others is null and ${isWorse("findings")} then null else expires_at end,
      modified_at = now()
    from due join stacks on stacks.id = any(${[...new Set(excepted.map(({ stackId }) => stackId))]}::uuid[])
    where findings.id = due.id and findings.stack_id = stacks.id
    returning findings.stack_id as "stackId", findings.id, findings.pack,
      findings.tag, findings.policy, findings.urn, findings.level, findings.severity, findings.message,
      findings.urn_digest as digest, findings.ended is null as open, findings.status, due.ids,
      stacks.project, stacks.name as stack`.execute(db);
  return rows;
}

/** A finding that exceptions let through, and which. */
export interface ExceptedFinding {
  id: string;
  pack: string;
  policy: string;
  urn: string;
  digest: Buffer;
  exceptions: string[];
}

/** Some of a stack, in the order of the key that the last one of the page before has. */
export async function listExcepted(
  db: Db,
  { stackId, after, limit }: { stackId: string; after: ExceptedFinding | undefined; limit: number },
): Promise<ExceptedFinding[]> {
  const { rows } = await sql<ExceptedFinding>`
    select id, pack, policy, urn, urn_digest as digest,
      array(select named ->> 'id' from jsonb_array_elements(exceptions) as named) as exceptions
    from findings where stack_id = ${stackId} and ended = 'excepted'
      and ${after ? sql`(pack, policy, urn_digest) > (${after.pack}, ${after.policy}, ${after.digest})` : sql`true`}
    order by pack, policy, urn_digest limit ${limit}`.execute(db);
  return rows;
}

/** As `endExceptions`, of the exceptions that are given with each finding of a stack that is locked. */
export async function takeEach(
  db: Db,
  stackId: string,
  findings: readonly Pick<ExceptedFinding, "id" | "exceptions">[],
): Promise<Unexcepted[]> {
  if (findings.length === 0) return [];
  const named = findings.flatMap(({ id, exceptions }) => exceptions.map((exception) => ({ id, exception })));
  const isGone = sql<SqlBool>`(findings.id, named ->> 'id') in (
    select * from unnest(${named.map(({ id }) => id)}::uuid[], ${named.map(({ exception }) => exception)}::text[]))`;
  return takeExceptions(
    db,
    findings.map(({ id }) => ({ id, stackId })),
    isGone,
  );
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
