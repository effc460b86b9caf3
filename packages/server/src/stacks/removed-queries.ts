import { type SqlBool, sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { membershipsOf } from "../people/index.ts";
import { teamsOf } from "../teams/index.ts";
import { isWithin, type selectReadable } from "./readable-queries.ts";

/** Queries for stacks that were removed, of which something is kept. */

/** All stacks, and after them those that were removed, with the teams that could read these. */
export const stacksAndRemoved = sql<{
  id: string;
  organization_id: string;
  project: string;
  name: string;
  created_by: string | null;
  team_ids: string[] | null;
}>`(
  select id, organization_id, project, name, created_by, null::uuid[] as team_ids from stacks
  union all select id, organization_id, project, name, created_by, team_ids from removed_stacks)`;

/** Keeps the names of a stack that is about to be removed, and who may read it. */
export async function keepRemoved(
  db: Db,
  { stackId, removedBy, unfinished }: { stackId: string; removedBy: string; unfinished: boolean },
): Promise<void> {
  await sql`
    insert into removed_stacks (id, organization_id, project, name, created_by, team_ids, removed_by, unfinished)
    select id, organization_id, project, name, created_by,
      array(select team_id from team_stacks where team_stacks.stack_id = stacks.id), ${removedBy}::bigint, ${unfinished}
    from stacks where id = ${stackId}`.execute(db);
}

/** Removed stacks that have open findings, locked until the transaction ends. Those that another server has locked are left to it. */
export async function listUnfinished(
  db: Db,
  limit: number,
): Promise<{ stackId: string; organizationId: string; removedBy: string }[]> {
  return db
    .selectFrom("removed_stacks")
    .where("unfinished", "=", true)
    .orderBy("id")
    .limit(limit)
    .forNoKeyUpdate()
    .skipLocked()
    .select(["id as stackId", "organization_id as organizationId", "removed_by as removedBy"])
    .execute();
}

export async function setFinished(db: Db, stackId: string): Promise<void> {
  await db.updateTable("removed_stacks").set({ unfinished: false }).where("id", "=", stackId).execute();
}

export async function forgetRemoved(db: Db, stackIds: readonly string[]): Promise<void> {
  await sql`delete from removed_stacks where id = any(${[...stackIds]}::uuid[])`.execute(db);
}

/**
 * Like `selectReadable`, with removed stacks: whoever could read one when it was removed, and still is who they were, may read
 * what is kept of it.
 */
export function selectReadableOrRemoved(db: Db, actor: Actor): ReturnType<typeof selectReadable> {
  const byDefault = actor.scope?.team ? sql`false` : sql`org.default_permission <> 'none'`;
  const grants = sql`select from (${teamsOf(actor)}) as own
    where own.team_id = any(stack.team_ids)
      or exists (select from team_stacks given where given.stack_id = stack.id and given.team_id = own.team_id)`;
  const selected = db
    .selectFrom(membershipsOf(actor))
    .innerJoin("organizations as org", "org.id", "membership.organization_id")
    .innerJoin(stacksAndRemoved.as("stack"), "stack.organization_id", "org.id")
    .where(
      sql<SqlBool>`(membership.role = 'admin' or ${byDefault} or coalesce(stack.created_by = ${actor.userId}, false)
        or exists (${grants}))`,
    )
    .where(isWithin(actor));
  // It has only these columns of a stack.
  return selected as unknown as ReturnType<typeof selectReadable>;
}

export async function listReadableOrRemovedIds(db: Db, actor: Actor, organizationId: string): Promise<string[]> {
  const readable = selectReadableOrRemoved(db, actor).where("org.id", "=", organizationId);
  return (await readable.select("stack.id").execute()).map(({ id }) => id);
}
