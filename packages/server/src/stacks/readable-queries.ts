import { type SqlBool, sql } from "kysely";
import type { Actor } from "../context.ts";
import type { Db } from "../db/open.ts";
import { membershipsOf } from "../people/index.ts";
import { teamsOf } from "../teams/index.ts";

/** Queries for the stacks that the caller may read. They apply the rule of `permissionOn` in SQL, because lists have pages. */

/** The end of a subquery: the permissions of the caller's teams on `stack`. */
export function grantsTo(actor: Actor) {
  return sql`from team_stacks given where given.stack_id = stack.id and given.team_id in (${teamsOf(actor)})`;
}

/** Whether the caller's token is for the project of `stack`: it may be limited to some. */
export function isWithin({ scope }: Actor) {
  return scope?.projects ? sql<SqlBool>`stack.project = any(${[...scope.projects]}::text[])` : sql<SqlBool>`true`;
}

/** Whether `membership` lets the caller read every stack of `org` that their token is for. */
export function readsAllOf({ scope }: Actor) {
  return scope?.team
    ? sql<boolean>`(membership.role = 'admin')`
    : sql<boolean>`(membership.role = 'admin' or org.default_permission <> 'none')`;
}

/** The stacks that the caller may read, with their organization as `org` and the caller's `membership` in it. */
export function selectReadable(db: Db, actor: Actor) {
  return db
    .selectFrom(membershipsOf(actor))
    .innerJoin("organizations as org", "org.id", "membership.organization_id")
    .innerJoin("stacks as stack", "stack.organization_id", "org.id")
    .where(
      sql<SqlBool>`(${readsAllOf(actor)} or coalesce(stack.created_by = ${actor.userId}, false)
        or exists (select ${grantsTo(actor)}))`,
    )
    .where(isWithin(actor));
}

/** Whether the project has a stack that the caller may read. */
export async function hasReadableStack(
  db: Db,
  wanted: { actor: Actor; organizationId: string; project: string },
): Promise<boolean> {
  const row = await selectReadable(db, wanted.actor)
    .where("org.id", "=", wanted.organizationId)
    .where("stack.project", "=", wanted.project)
    .select("stack.id")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Ids of the organization's stacks that the caller may read, or of the first that are found. */
export async function listReadableIds(
  db: Db,
  wanted: { actor: Actor; organizationId: string; limit?: number },
): Promise<string[]> {
  const { actor, organizationId, limit } = wanted;
  const rows = await selectReadable(db, actor)
    .where("org.id", "=", organizationId)
    .$if(limit !== undefined, (query) => query.limit(limit ?? 0))
    .select("stack.id")
    .execute();
  return rows.map(({ id }) => id);
}
