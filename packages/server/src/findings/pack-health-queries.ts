import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Stage } from "./pack-failure.ts";

/** A stack keeps the health of so many versions of a pack, the newest. */
const KEPT = 10;

/** Which version of which pack of an organization. */
export interface PackVersion {
  pack: string;
  version: number;
}

/** Which of these versions any run of the organization ended well with, as `pack@version`. */
export async function listProven(
  db: Db,
  organizationId: string,
  versions: readonly PackVersion[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<PackVersion>`
    select pack, version from ${listed(versions)}
    where exists (
      select from pack_health health where organization_id = ${organizationId} and health.pack = wanted.pack
        and health.version = wanted.version and worked_at is not null
    )`.execute(db);
  return new Set(rows.map(keyOf));
}

export function keyOf({ pack, version }: PackVersion): string {
  return `${pack}@${version}`;
}

/** The versions of these packs because of which the stack fails. */
export async function listFailing(
  db: Db,
  stackId: string,
  packs: readonly string[],
): Promise<(PackVersion & { tag: string; stage: Stage })[]> {
  const { rows } = await sql<PackVersion & { tag: string; stage: Stage }>`
    select pack, version, tag, stage from pack_health
    where stack_id = ${stackId} and failing and pack = any(${[...packs]}::text[])`.execute(db);
  return rows;
}

/** What is known of a version after a run of a stack. */
export interface CountedRun extends PackVersion {
  tag: string;
  worked: boolean;
  failure: { stage: Stage; message: string; certain: boolean } | undefined;
}

interface EndedRun {
  id: string;
  organizationId: string;
  stackId: string;
  dryRun: boolean;
  endedAt: Date;
}

/** Counts a run for each version that it had to ask. */
export async function countRuns(db: Db, run: EndedRun, counted: readonly CountedRun[]): Promise<void> {
  const rows = counted.map(({ failure, ...one }) => ({ ...one, ...failure, failed: failure !== undefined }));
  await sql`
    insert into pack_health as before (
      organization_id, stack_id, pack, version, tag, runs, failed, failing, worked_at, failed_at, failed_update,
      failed_dry_run, stage, message, certain
    )
    select ${run.organizationId}::uuid, ${run.stackId}::uuid, pack, version, tag, 1, failed::int, failed,
      case when worked then ${run.endedAt}::timestamptz end,
      case when failed then ${run.endedAt}::timestamptz end, case when failed then ${run.id}::uuid end,
      ${run.dryRun}, stage, message, coalesce(certain, false)
    from json_to_recordset(${JSON.stringify(rows)}::json) as run (
      pack text, version int, tag text, worked boolean, failed boolean, stage text, message text, certain boolean
    )
    on conflict (stack_id, pack, version) do update set
      runs = before.runs + 1, failed = before.failed + excluded.failed, failing = before.failing or excluded.failing,
      worked_at = coalesce(excluded.worked_at, before.worked_at),
      failed_at = coalesce(excluded.failed_at, before.failed_at),
      failed_update = coalesce(excluded.failed_update, before.failed_update),
      failed_dry_run = case when excluded.failing then excluded.failed_dry_run else before.failed_dry_run end,
      stage = coalesce(excluded.stage, before.stage), message = coalesce(excluded.message, before.message),
      certain = case when excluded.failing then excluded.certain else before.certain end`.execute(db);
  await sql`
    delete from pack_health where stack_id = ${run.stackId} and exists (
      select from ${listed(counted)} where wanted.pack = pack_health.pack and pack_health.version <= (
        select version from pack_health newer where stack_id = ${run.stackId} and newer.pack = wanted.pack
        order by version desc offset ${KEPT} limit 1
      )
    )`.execute(db);
}

/** The newest version before this one that the stack's last run of it succeeded with. */
export async function findWorkedBefore(
  db: Db,
  stackId: string,
  { pack, version }: PackVersion,
): Promise<string | undefined> {
  const { rows } = await sql<{ tag: string }>`
    select tag from pack_health where stack_id = ${stackId} and pack = ${pack} and version < ${version}
      and worked_at is not null and (failed_at is null or worked_at > failed_at)
    order by version desc limit 1`.execute(db);
  return rows[0]?.tag;
}

export async function setWorking(db: Db, stackId: string, versions: readonly PackVersion[]): Promise<void> {
  await sql`
    update pack_health set failing = false from ${listed(versions)}
    where stack_id = ${stackId} and pack_health.pack = wanted.pack and pack_health.version = wanted.version`.execute(
    db,
  );
}

/**
 * Whether another stack fails because of the version. Until the transaction ends, no other is told whether one does, so that of
 * several at the same time exactly one is the first.
 */
export async function othersFail(
  db: Db,
  { organizationId, stackId }: { organizationId: string; stackId: string },
  { pack, version }: PackVersion,
): Promise<boolean> {
  const lock = `pack-health ${organizationId} ${pack}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(db);
  const { rows } = await sql`
    select from pack_health where organization_id = ${organizationId} and pack = ${pack} and version = ${version}
      and failing and stack_id <> ${stackId} limit 1`.execute(db);
  return rows.length > 0;
}

function listed(versions: readonly PackVersion[]) {
  const packs = versions.map(({ pack }) => pack);
  const numbers = versions.map(({ version }) => version);
  return sql`unnest(${packs}::text[], ${numbers}::int[]) as wanted (pack, version)`;
}
