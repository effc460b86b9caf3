import { type Expression, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Actor, StackRef } from "../context.ts";
import type { Db } from "../db/open.ts";
import { selectReadable } from "./readable-queries.ts";
import { BOUNDS, findCandidates, firstOnes, hasText, idOf } from "./search-queries.ts";

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

/**
 * The stacks that the caller may read and that match the filter, in the order of organization, project and name.
 *
 * @param page.after these three names of the last stack of the page before.
 */
export async function listReadableStacks(db: Db, page: Page, bounds = BOUNDS): Promise<ListedStack[]> {
  const { search } = page.filter;
  if (search === undefined) return listAmong(db, page);
  const wanted = { ...page, organization: page.filter.organization, text: search, bounds };
  const first = await listAmong(db, page, firstOnes(wanted));
  return first.length === page.limit ? first : listAmong(db, page, await findCandidates(db, wanted));
}

interface Page {
  actor: Actor;
  filter: StackFilter;
  after?: readonly string[] | undefined;
  limit: number;
}

/** @param among an array of ids of stacks, of which alone are listed. */
async function listAmong(db: Db, page: Page, among?: RawBuilder<string[]>): Promise<ListedStack[]> {
  const { organization, project, tagName, tagValue, search, where } = page.filter;
  return selectReadable(db, page.actor)
    .$if(organization !== undefined, (query) =>
      query
        .where("org.name", "=", organization ?? "")
        .where(sql<SqlBool>`stack.organization_id = ${idOf(organization ?? "")}`),
    )
    .$if(project !== undefined, (query) => query.where("stack.project", "=", project ?? ""))
    .$if(tagName !== undefined, (query) => query.where(sql<SqlBool>`jsonb_exists(stack.tags, ${tagName})`))
    .$if(tagValue !== undefined, (query) => query.where(sql<SqlBool>`stack.tags ->> ${tagName ?? ""} = ${tagValue}`))
    .$if(search !== undefined, (query) => query.where(hasText(search ?? "")))
    .$if(among !== undefined, (query) => query.where(sql<SqlBool>`stack.id = any(${among})`))
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
