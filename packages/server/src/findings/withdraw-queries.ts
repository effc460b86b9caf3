import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { isDeployed } from "./deployed.ts";

/** Queries for packs and policies that stacks need not run any more. */

/** A pack of which a stack has a score, an open finding or a prediction. */
export interface JudgedPack {
  stackId: string;
  pack: string;
  /** What was evaluated. Null when there are only findings and predictions. */
  version: number | null;
  config: string | null;
  environments: string[] | null;
  groupId: string | null;
  stale: boolean | null;
}

/** Of the stacks after `after` in the order of their ids, at most so many stacks. */
export async function listJudged(
  db: Db,
  page: {
    organizationId: string;
    packs?: readonly string[];
    stackId?: string;
    after?: string | undefined;
    limit: number;
  },
): Promise<JudgedPack[]> {
  const { organizationId, packs, stackId, after, limit } = page;
  const conditions = sql.join(
    [
      sql`true`,
      ...(packs ? [sql`pack = any(${[...packs]}::text[])`] : []),
      ...(stackId ? [sql`stack_id = ${stackId}`] : []),
      ...(after ? [sql`stack_id > ${after}`] : []),
    ],
    sql` and `,
  );
  // The database may join them in the order of their ids, and would read all stacks up to `after` first.
  const later = after ? sql`and id > ${after}` : sql``;
  const scores = sql`pack_scores where not withdrawn and ${conditions}
      and stack_id in (select id from stacks where organization_id = ${organizationId} ${later})`;
  const findings = sql`finding_counts where organization_id = ${organizationId} and not closed and ${conditions}
      and stack_id not in (select id from removed_stacks where organization_id = ${organizationId} and unfinished)`;
  const predicted = sql`predictions where ${conditions}
      and stack_id in (select id from stacks where organization_id = ${organizationId} ${later})`;
  const { rows } = await sql<JudgedPack>`
    with page as (
      select distinct stack_id from (
        -- Each is read in the order of an index, no further than the page.
        (select distinct stack_id from ${scores} order by stack_id limit ${limit})
        union all
        (select distinct stack_id from ${findings} order by stack_id limit ${limit})
        union all
        (select distinct stack_id from ${predicted} order by stack_id limit ${limit})
      ) as first order by stack_id limit ${limit}
    ), judged as (
      select stack_id, pack from ${scores} and stack_id in (select stack_id from page)
      union
      select stack_id, pack from ${findings} and stack_id in (select stack_id from page)
      union
      select stack_id, pack from ${predicted} and stack_id in (select stack_id from page)
    )
    select judged.stack_id as "stackId", judged.pack, score.version, score.config, score.environments,
      score.group_id as "groupId", score.stale
    from judged
    left join pack_scores score on score.stack_id = judged.stack_id and score.pack = judged.pack and not score.withdrawn
    order by judged.stack_id, judged.pack`.execute(db);
  return rows;
}

interface Packs {
  organizationId: string;
  /** The event of the audit log because of which it happens, if there is one. */
  auditId: string | undefined;
}

const ending = (auditId: string | undefined) =>
  sql`ended = 'withdrawn', exceptions = null, resolved_at = now(), modified_at = now(), withdrawn_by = ${auditId ?? null}::bigint`;

/**
 * Ends open findings of packs that their stacks need not run any more, and forgets what is predicted of them, at most so many together,
 * and takes their scores out.
 *
 * @returns how many.
 */
export async function withdrawPacks(
  db: Db,
  {
    organizationId,
    auditId,
    gone,
    limit,
  }: Packs & { gone: readonly { stackId: string; pack: string }[]; limit: number },
): Promise<number> {
  if (gone.length === 0) return 0;
  const rows = sql`unnest(${gone.map(({ stackId }) => stackId)}::uuid[], ${gone.map(({ pack }) => pack)}::text[])
    as gone (stack_id, pack)`;
  const { numAffectedRows } = await sql`
    update findings set ${ending(auditId)} where organization_id = ${organizationId} and id = any(array(
      select one.id from ${rows} cross join lateral (
        -- Read by an index for each, because of the limit, whatever is known of the table.
        select id from findings
        where findings.stack_id = gone.stack_id and findings.pack = gone.pack and ${isDeployed("findings")} limit ${limit}
      ) as one limit ${limit}
    ))`.execute(db);
  await sql`
    update pack_scores set withdrawn = true from ${rows}
    where pack_scores.stack_id = gone.stack_id and pack_scores.pack = gone.pack`.execute(db);
  await sql`
    update stack_scores set outdated = true
    where stack_id = any(${gone.map(({ stackId }) => stackId)}::uuid[])`.execute(db);
  const ended = Number(numAffectedRows ?? 0);
  const forgotten = await forgetFound(
    db,
    (left) => sql`
      select one.ctid from ${rows} cross join lateral (
        select ctid from predictions where stack_id = gone.stack_id and pack = gone.pack limit ${left}
      ) as one limit ${left}`,
    limit - ended,
  );
  return ended + forgotten;
}

/** Ends open findings of all but these policies of a pack, and forgets what is predicted of them, at most so many. @returns how many. */
export async function withdrawPolicies(
  db: Db,
  of: Packs & { pack: string; kept: readonly string[]; stackIds: readonly string[]; limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    update findings set ${ending(of.auditId)} where organization_id = ${of.organizationId} and id = any(array(
      select id from findings
      where stack_id = any(${[...of.stackIds]}::uuid[]) and pack = ${of.pack} and ${isDeployed("findings")}
        and policy <> all(${[...of.kept]}::text[]) limit ${of.limit}
    ))`.execute(db);
  const ended = Number(numAffectedRows ?? 0);
  const forgotten = await forgetFound(
    db,
    (left) => sql`
      select ctid from predictions
      where stack_id = any(${[...of.stackIds]}::uuid[]) and pack = ${of.pack} and policy <> all(${[...of.kept]}::text[])
      limit ${left}`,
    of.limit - ended,
  );
  return ended + forgotten;
}

async function forgetFound(db: Db, found: (limit: number) => RawBuilder<unknown>, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from predictions where ctid = any(array(${found(limit)}))`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/**
 * Ends open findings of a stack that is removed, the first ones by their ids.
 *
 * @returns how many.
 */
export async function withdrawOfStack(
  db: Db,
  of: { organizationId: string; stackId: string; auditId: string; limit: number },
): Promise<number> {
  const { rows } = await sql`
    update findings set ${ending(of.auditId)}
    where organization_id = ${of.organizationId} and id in (
      select id from findings where stack_id = ${of.stackId} and ${isDeployed("findings")} order by id limit ${of.limit}
    ) returning id`.execute(db);
  return rows.length;
}

export async function hasFindings(db: Db, stackId: string): Promise<boolean> {
  const row = await db.selectFrom("findings").where("stack_id", "=", stackId).select("id").limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Records because of which group a stack must run a pack, and whether that differs from what was evaluated. */
export async function markScores(
  db: Db,
  marks: readonly { stackId: string; pack: string; groupId: string; stale: boolean }[],
): Promise<void> {
  if (marks.length === 0) return;
  await sql`
    update pack_scores set stale = mark.stale, group_id = mark."groupId"
    from json_to_recordset(${JSON.stringify(marks)}::json)
      as mark ("stackId" uuid, pack text, "groupId" uuid, stale boolean)
    where pack_scores.stack_id = mark."stackId" and pack_scores.pack = mark.pack`.execute(db);
}
