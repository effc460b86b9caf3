import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db/open.ts";
import type { Unsettled } from "../updates/index.ts";
import { isDeployed } from "./deployed.ts";
import { digestOf } from "./settle-queries.ts";

/** Of a resource that has another URN since an update. */
interface Move {
  was: string;
  urn: string;
}

/** What is known of another resource by the URN that `by` gets. */
interface Displaced extends Move {
  by: string | null;
}

/** Findings and evaluations follow the resources that have another URN since this update. */
export async function followMoves(db: Db, update: Unsettled): Promise<void> {
  const moves = await listMoves(db, update);
  if (moves.length === 0) return;
  await moveFindings(db, update, [...moves.map((move) => ({ ...move, by: null })), ...displacedBy(moves)]);
  await moveEvaluations(db, update, moves);
}

/** Those of which something is known by the URN before. No two are from the same URN, or to the same. */
async function listMoves(db: Db, update: Unsettled): Promise<Move[]> {
  const isKnown = (table: string) => sql`exists (
    select from ${sql.table(table)} known where known.stack_id = ${update.stackId} and known.urn_digest = ${digestOf("was")})`;
  const { rows } = await sql<Move>`
    with last_moves as (
      select distinct on (was) was, urn, sequence from resource_steps
      where update_id = ${update.id} and kind = 'deployed' and was is not null order by was, sequence desc
    ), moved as (
      select distinct on (urn) was, urn from last_moves order by urn, sequence desc
    )
    select was, urn from moved where ${isKnown("findings")} or ${isKnown("evaluations")}`.execute(db);
  return rows;
}

/**
 * What is known of a URN that another resource gets is of a resource that had it before, and is gone. It gets the URN that nothing has any
 * more after all these moves, so that neither is lost.
 */
function displacedBy(moves: readonly Move[]): Displaced[] {
  const next = new Map(moves.map(({ was, urn }) => [was, urn]));
  const targets = new Set(next.values());
  return moves
    .filter(({ was }) => !targets.has(was))
    .map(({ was: free }) => {
      let by = free;
      for (let urn = next.get(by); urn !== undefined && next.has(urn); urn = next.get(urn)) by = urn;
      return { was: next.get(by) ?? free, urn: free, by };
    });
}

/** Until all have left their URNs. Both are unique in a stack, so one can't be given before the other is free. */
const onTheWay = (was: string) => sql`sha256(convert_to('moved from ' || ${sql.ref(was)}, 'UTF8'))`;

const tableOf = (moves: readonly Move[]): RawBuilder<unknown> =>
  sql`json_to_recordset(${JSON.stringify(moves)}::json) as moved (was text, urn text, by text)`;

async function moveFindings(db: Db, { stackId, endedAt }: Unsettled, moves: readonly Displaced[]): Promise<void> {
  const isGone = sql`(moved.by is not null and ${isDeployed("findings")})`;
  await sql`
    update findings set urn = moved.urn, urn_digest = ${onTheWay("moved.was")},
      ended = case when ${isGone} then 'fixed' else ended end,
      exceptions = case when ${isGone} then null else exceptions end,
      resolved_at = case when ${isGone} then ${endedAt}::timestamptz else resolved_at end,
      modified_at = case when moved.by is null or ${isGone} then ${endedAt}::timestamptz else modified_at end
    from ${tableOf(moves)}
    where findings.stack_id = ${stackId} and findings.urn_digest = ${digestOf("moved.was")}
      and (moved.by is null or exists (
        select from findings coming where coming.stack_id = findings.stack_id and coming.pack = findings.pack
          and coming.policy = findings.policy and coming.urn_digest = ${digestOf("moved.by")}
      ))`.execute(db);
  await arrive(db, "findings", stackId, moves);
}

async function moveEvaluations(db: Db, { stackId }: Unsettled, moves: readonly Move[]): Promise<void> {
  const left = new Set(moves.map(({ was }) => was));
  await sql`
    delete from evaluations using ${tableOf(moves.filter(({ urn }) => !left.has(urn)))}
    where evaluations.stack_id = ${stackId} and evaluations.urn_digest = ${digestOf("moved.urn")}`.execute(db);
  await sql`
    update evaluations set urn = moved.urn, urn_digest = ${onTheWay("moved.was")} from ${tableOf(moves)}
    where evaluations.stack_id = ${stackId} and evaluations.urn_digest = ${digestOf("moved.was")}`.execute(db);
  await arrive(db, "evaluations", stackId, moves);
}

async function arrive(
  db: Db,
  table: "findings" | "evaluations",
  stackId: string,
  moves: readonly Move[],
): Promise<void> {
  await sql`
    update ${sql.table(table)} as arriving set urn_digest = ${digestOf("moved.urn")} from ${tableOf(moves)}
    where arriving.stack_id = ${stackId} and arriving.urn_digest = ${onTheWay("moved.was")}`.execute(db);
}
