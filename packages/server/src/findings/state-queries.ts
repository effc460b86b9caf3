import { sql } from "kysely";
import { joiningByHash } from "../db/joins.ts";
import type { Db } from "../db/open.ts";
import { isStorable } from "../db/text.ts";

/** Queries for what states say of resources, beside what events say. */

/** Whether anything was ever found, or passed, in the stack. */
export async function wasEvaluated(db: Db, stackId: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from findings where stack_id = ${stackId})
      or exists (select from evaluations where stack_id = ${stackId}) as found`.execute(db);
  return rows[0]?.found ?? false;
}

/**
 * Records which resources a new state of the stack does not have any more, and which have another URN in it, as steps of the
 * update that brought it. It is settled with them like an update that deletes them.
 */
export async function recordGone(
  db: Db,
  of: { stackId: string; updateId: string },
  { gone, moved }: { gone: readonly string[]; moved: readonly { was: string; urn: string }[] },
): Promise<void> {
  const deleted = (urn: string) => ({ urn, looked: urn, was: null, kind: "deleted" });
  const steps = [
    ...gone.map(deleted),
    ...moved.map(({ was, urn }) => (isStorable(urn) ? { urn, looked: was, was, kind: "deployed" } : deleted(was))),
    // Nothing was ever found of another URN, and an import that takes such a resource out must be possible.
  ].filter(({ looked }) => isStorable(looked));
  if (steps.length === 0) return;
  const insert = sql`
    with steps as (select * from json_to_recordset(${JSON.stringify(steps)}::json) as step (urn text, looked text, was text, kind text))
    insert into resource_steps (update_id, sequence, urn, was, kind)
    select ${of.updateId}::uuid, row_number() over (), urn, was, kind from steps
    where looked in (
      select urn from findings where stack_id = ${of.stackId} union select urn from evaluations where stack_id = ${of.stackId}
    )`;
  await joiningByHash(db, () => insert.execute(db));
}

/** Forgets what was recorded for `recordGone`, when it is settled. */
export async function forgetGone(db: Db, updateId: string): Promise<void> {
  await db.deleteFrom("resource_steps").where("update_id", "=", updateId).execute();
}
