import type { StackPermission } from "@quillon/contract";
import { sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { teamsOf } from "../teams/index.ts";

/** How many removed stacks of one name keep their key. To try them all must stay cheap, because a value does not name its key. */
const KEPT_FOR_A_NAME = 100;

/** Keeps the key of a stack that is about to be removed, and who could read it, under its names. One that was restored may have a row. */
export async function keepKey(db: Db, stackId: string): Promise<void> {
  await sql`
    insert into removed_stack_keys (organization_id, project, name, stack_id, data_key, created_by, team_ids)
    select organization_id, project, name, id, data_key, created_by,
      array(select team_id from team_stacks where team_stacks.stack_id = stacks.id)
    from stacks where id = ${stackId}
    on conflict (organization_id, project, name, stack_id) do update
      set created_by = excluded.created_by, team_ids = excluded.team_ids, removed_at = excluded.removed_at`.execute(db);
  await sql`
    delete from removed_stack_keys where (organization_id, project, name, stack_id) in (
      select old.organization_id, old.project, old.name, old.stack_id
      from removed_stack_keys old
      join removed_stack_keys this on (this.organization_id, this.project, this.name) = (old.organization_id, old.project, old.name)
      where this.stack_id = ${stackId}
      order by old.removed_at desc, old.stack_id offset ${KEPT_FOR_A_NAME})`.execute(db);
}

/** Keeps what is kept under the stack's names under new ones too, because its state may still have such values. */
export async function copyKeys(db: Db, stackId: string, to: { project: string; name: string }): Promise<void> {
  await sql`
    insert into removed_stack_keys (organization_id, project, name, stack_id, data_key, created_by, team_ids, removed_at)
    select kept.organization_id, ${to.project}, ${to.name}, kept.stack_id, kept.data_key, kept.created_by, kept.team_ids,
      kept.removed_at
    from removed_stack_keys kept
    join stacks on (stacks.organization_id, stacks.project, stacks.name) = (kept.organization_id, kept.project, kept.name)
    where stacks.id = ${stackId}
    on conflict do nothing`.execute(db);
}

/** The key of a stack that was removed, with what decides who may use it. */
export interface RemovedKey {
  stackId: string;
  /** Encrypted with the master key. */
  dataKey: Buffer;
  creator: boolean;
  grants: StackPermission[];
}

/** The keys of the removed stacks that had the names of this one, newest first. */
export async function selectRemovedKeys(
  db: Db,
  { actor, stackId }: { actor: Actor; stackId: string },
): Promise<RemovedKey[]> {
  return db
    .selectFrom("removed_stack_keys as kept")
    .innerJoin("stacks as stack", (join) =>
      join
        .onRef("stack.organization_id", "=", "kept.organization_id")
        .onRef("stack.project", "=", "kept.project")
        .onRef("stack.name", "=", "kept.name"),
    )
    .where("stack.id", "=", stackId)
    .orderBy("kept.removed_at", "desc")
    .limit(KEPT_FOR_A_NAME)
    .select([
      "kept.stack_id as stackId",
      "kept.data_key as dataKey",
      sql<boolean>`coalesce(kept.created_by = ${actor.userId}, false)`.as("creator"),
      sql<StackPermission[]>`array(
        select 'read' from (${teamsOf(actor)}) as own where own.team_id = any(kept.team_ids))`.as("grants"),
    ])
    .execute();
}
