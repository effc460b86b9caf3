import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Unsettled } from "../updates/index.ts";

/** So many results are looked at in one part. To settle them takes the embedded database some two seconds. */
const PART = 20_000;

/** To look for a part in all results takes less than to record where each result belongs, when there are no more parts. */
const FEW = 10;

const TABLES = ["policy_reports", "policy_analyses", "resource_steps"] as const;

/** A run is settled and counted in parts, each with its own resources, so that others have their turn with the database. */
export interface Part {
  /** From 0. */
  part: number;
  parts: number;
}

/** A part of an update whose results are brought into the findings. */
export interface UpdatePart extends Unsettled, Part {
  /** Ids of the exceptions that were in effect when it was created, and are not any more. */
  ended: readonly string[];
}

const partOf = (urn: RawBuilder<unknown>, parts: number) => sql`((hashtext(${urn}) & 2147483647) % ${parts}::int)`;

/** Whether a resource is in the part. */
export function inPart(column: string, { part, parts }: Part): RawBuilder<SqlBool> {
  return parts === 1 ? sql`true` : sql`(${partOf(sql.ref(column), parts)} = ${part}::int)`;
}

/**
 * Whether a result is of a resource in the part.
 *
 * @param table whose results `divide` has looked at.
 */
export function isOfPart(table: string, part: Part): RawBuilder<SqlBool> {
  return part.parts <= FEW ? inPart(`${table}.urn`, part) : sql`(${sql.ref(`${table}.part`)} = ${part.part}::int)`;
}

/** Whether a result is of the whole stack, and so in every part. */
export function isOfStack(table: string, { parts }: Part): RawBuilder<SqlBool> {
  const urn = sql.ref(`${table}.urn`);
  return parts <= FEW
    ? sql`(${urn} = '')`
    : sql`(${urn} = '' and ${sql.ref(`${table}.part`)} = ${partOf(sql`''`, parts)})`;
}

/**
 * Divides what the events of an update that has ended said into parts. Where there are many, it is recorded of each result in which
 * it is, because otherwise every part would read them all.
 *
 * @returns how many.
 */
export async function divide(db: Db, updateId: string, size = PART): Promise<number> {
  const counts = TABLES.map((table) => sql`select from ${sql.table(table)} where update_id = ${updateId}`);
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (${sql.join(counts, sql` union all `)}) as results`.execute(db);
  const parts = Math.max(1, Math.ceil((rows[0]?.count ?? 0) / size));
  if (parts > FEW) for (const table of TABLES) await recordParts(db, { table, updateId, parts });
  return parts;
}

/** In steps, so that others have their turn. What was recorded before stays, and is not written again. */
async function recordParts(db: Db, of: { table: (typeof TABLES)[number]; updateId: string; parts: number }) {
  let after: string | null = "-1";
  while (after !== null) after = await recordStep(db, { ...of, after });
}

/** @returns the last sequence that it has looked at. Null after all. */
async function recordStep(
  db: Db,
  { table, updateId, parts, after }: { table: string; updateId: string; parts: number; after: string },
): Promise<string | null> {
  const { rows } = await sql<{ last: string | null }>`
    with step as (
      select sequence, urn from ${sql.table(table)} where update_id = ${updateId} and sequence > ${after}
      order by sequence limit ${PART}
    ), recorded as (
      update ${sql.table(table)} as result set part = ${partOf(sql`step.urn`, parts)} from step
      where result.update_id = ${updateId} and result.sequence = step.sequence
        and result.part is distinct from ${partOf(sql`step.urn`, parts)}
    )
    select max(sequence)::text as last from step`.execute(db);
  return rows[0]?.last ?? null;
}
