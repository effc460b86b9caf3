import { sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { selectReadable } from "../stacks/index.ts";
import type { Stage } from "./pack-failure.ts";

/** Queries for what is shown of a pack's health, of the stacks that the caller may read. */

/** Whose, and which pack. */
export interface HealthOf {
  actor: Actor;
  organizationId: string;
  pack: string;
}

/** A page of failures is for people, who look for what went wrong last. */
const FAILURES = 20;

export interface HealthCounts {
  version: number;
  tag: string;
  runs: number;
  failed: number;
  /** Stacks. */
  failing: number;
  workedAt: Date | null;
  failedAt: Date | null;
}

/** The newest version first. */
export async function listHealth(db: Db, of: HealthOf): Promise<HealthCounts[]> {
  const { rows } = await sql<HealthCounts>`
    select version, max(tag) as tag, sum(runs)::float8 as runs, sum(failed)::float8 as failed,
      (count(*) filter (where failing))::int as failing, max(worked_at) as "workedAt", max(failed_at) as "failedAt"
    from (${readable(db, of)}) health group by version order by version desc`.execute(db);
  return rows;
}

/** The last failure of a stack because of a version. */
export interface FailureOf {
  version: number;
  project: string;
  stack: string;
  failing: boolean;
  update: string;
  dryRun: boolean;
  stage: Stage;
  message: string;
  certain: boolean;
  failedAt: Date;
}

/** Of each version the newest. */
export async function listFailures(db: Db, of: HealthOf): Promise<FailureOf[]> {
  const { rows } = await sql<FailureOf>`
    select version, project, stack, failing, failed_update as update, failed_dry_run as "dryRun", stage, message, certain,
      failed_at as "failedAt"
    from (
      select health.*, row_number() over (partition by version order by failed_at desc, failed_update) as place
      from (${readable(db, of)}) health where failed_at is not null
    ) failed where place <= ${FAILURES} order by version desc, place`.execute(db);
  return rows;
}

/**
 * Versions that worked last in stacks that fail because of a newer one, each with that one and the number of such stacks; the
 * newest first.
 */
export async function listWorkedBefore(
  db: Db,
  of: HealthOf,
): Promise<{ failing: number; version: number; tag: string; stacks: number }[]> {
  const { rows } = await sql<{ failing: number; version: number; tag: string; stacks: number }>`
    with health as (${readable(db, of)})
    select newer.version as failing, older.version, max(older.tag) as tag, count(*)::int as stacks
    from health newer join health older on older.stack_id = newer.stack_id and older.version < newer.version
    where newer.failing and older.worked_at is not null and (older.failed_at is null or older.worked_at > older.failed_at)
    group by newer.version, older.version order by older.version desc`.execute(db);
  return rows;
}

function readable(db: Db, { actor, organizationId, pack }: HealthOf) {
  return selectReadable(db, actor)
    .where("org.id", "=", organizationId)
    .innerJoin("pack_health as health", "health.stack_id", "stack.id")
    .where("health.organization_id", "=", organizationId)
    .where("health.pack", "=", pack)
    .selectAll("health")
    .select(["stack.project", "stack.name as stack"]);
}
