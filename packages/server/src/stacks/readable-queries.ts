import { type Expression, type SqlBool, sql } from "kysely";
import type { Actor, StackRef } from "../context.ts";
import type { Db } from "../db/open.ts";
import { membershipsOf } from "../people/index.ts";
import { teamsOf } from "../teams/index.ts";

/** Queries for the stacks that the caller may read. They apply the rule of `permissionOn` in SQL, because lists have pages. */

export interface StackFilter {
  organization?: string | undefined;
  project?: string | undefined;
  tagName?: string | undefined;
  tagValue?: string | undefined;
  /** A part of `project/name`, in any case. */
  search?: string | undefined;
  /** Another condition on `stack`, by tables of others. */
  where?: Expression<SqlBool> | undefined;
}

export interface ListedStack extends StackRef {
  organization: string;
  lastUpdateId: string | null;
}

/** The end of a subquery: the permissions of the caller's teams on `stack`. */
export function grantsTo(actor: Actor) {
  return sql`from team_stacks given where given.stack_id = stack.id and given.team_id in (${teamsOf(actor)})`;
}

/** The stacks that the caller may read, with their organization as `org` and the caller's `membership` in it. */
export function selectReadable(db: Db, actor: Actor) {
  const byDefault = actor.scope?.team ? sql`false` : sql`org.default_permission <> 'none'`;
  return db
    .selectFrom(membershipsOf(actor))
    .innerJoin("organizations as org", "org.id", "membership.organization_id")
    .innerJoin("stacks as stack", "stack.organization_id", "org.id")
    .where(
      sql<SqlBool>`(membership.role = 'admin' or ${byDefault} or coalesce(stack.created_by = ${actor.userId}, false)
        or exists (select ${grantsTo(actor)}))`,
    );
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

/** Ids of the organization's stacks that the caller may read. */
export async function listReadableIds(db: Db, actor: Actor, organizationId: string): Promise<Set<string>> {
  const rows = await selectReadable(db, actor).where("org.id", "=", organizationId).select("stack.id").execute();
  return new Set(rows.map(({ id }) => id));
}

/**
 * The stacks that the caller may read and that match the filter, in the order of organization, project and name.
 *
 * @param page.after these three names of the last stack of the page before.
 */
export async function listReadableStacks(
  db: Db,
  page: { actor: Actor; filter: StackFilter; after?: readonly string[] | undefined; limit: number },
): Promise<ListedStack[]> {
  const { organization, project, tagName, tagValue, search, where } = page.filter;
  return selectReadable(db, page.actor)
    .$if(organization !== undefined, (query) => query.where("org.name", "=", organization ?? ""))
    .$if(project !== undefined, (query) => query.where("stack.project", "=", project ?? ""))
    .$if(tagName !== undefined, (query) => query.where(sql<SqlBool>`jsonb_exists(stack.tags, ${tagName})`))
    .$if(tagValue !== undefined, (query) => query.where(sql<SqlBool>`stack.tags ->> ${tagName ?? ""} = ${tagValue}`))
    .$if(search !== undefined, (query) =>
      query.where(sql<SqlBool>`position(lower(${search ?? ""}) in lower(stack.project || '/' || stack.name)) > 0`),
    )
    .$if(where !== undefined, (query) => query.where(where ?? sql<SqlBool>`true`))
    .$if(page.after !== undefined, (query) =>
      query.where(sql<SqlBool>`(org.name, stack.project, stack.name) > (${sql.join([...(page.after ?? [])])})`),
    )
    .orderBy("org.name")
    .orderBy("stack.project")
    .orderBy("stack.name")
    .limit(page.limit)
    .select([
      "stack.id",
      "org.name as organization",
      "stack.project",
      "stack.name",
      "stack.last_update_id as lastUpdateId",
    ])
    .execute();
}
