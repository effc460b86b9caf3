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

/** Known to be one, it lets the database read stacks in the order of the list, as far as it has to. */
const idOf = (organization: string) => sql`(select id from organizations where name = ${organization})`;

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
  const candidates = search === undefined ? undefined : await findCandidates(db, { organization, text: search });
  return selectReadable(db, page.actor)
    .$if(organization !== undefined, (query) =>
      query
        .where("org.name", "=", organization ?? "")
        .where(sql<SqlBool>`stack.organization_id = ${idOf(organization ?? "")}`),
    )
    .$if(project !== undefined, (query) => query.where("stack.project", "=", project ?? ""))
    .$if(tagName !== undefined, (query) => query.where(sql<SqlBool>`jsonb_exists(stack.tags, ${tagName})`))
    .$if(tagValue !== undefined, (query) => query.where(sql<SqlBool>`stack.tags ->> ${tagName ?? ""} = ${tagValue}`))
    .$if(search !== undefined, (query) =>
      query.where(sql<SqlBool>`position(lower(${search ?? ""}) in ${searched}) > 0`),
    )
    .$if(candidates !== undefined, (query) => query.where(sql<SqlBool>`stack.id = any(${candidates ?? []}::uuid[])`))
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

const searched = sql`searched_stack(stack.project, stack.name)`;
/** In letters, of the pieces that the index has. */
const PIECE = { shortest: 2, longest: 3 };
/** Of more, those that the caller may read and that come first are found sooner in the order of the list. */
const FEW = 1000;

/** Ids of the stacks that have all pieces of the text in `project/name`, when these are few. */
async function findCandidates(
  db: Db,
  { organization, text }: { organization: string | undefined; text: string },
): Promise<string[] | undefined> {
  if (text.length < PIECE.shortest) return undefined;
  const size = Math.min(text.length, PIECE.longest);
  const pieces = Array.from({ length: text.length - size + 1 }, (_, at) => text.toLowerCase().slice(at, at + size));
  const own = organization === undefined ? sql`true` : sql`organization_id = ${idOf(organization)}`;
  const { rows } = await sql<{ id: string }>`
    select id from stacks stack where ${own} and pieces_of(${searched}) @> ${pieces}::text[] limit ${FEW + 1}`.execute(
    db,
  );
  return rows.length > FEW ? undefined : rows.map(({ id }) => id);
}
