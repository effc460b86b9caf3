import { type SqlBool, sql } from "kysely";
import type { Actor, StackRef } from "../context.ts";
import type { Db } from "../db/open.ts";
import { selectReadable } from "./readable-queries.ts";

/** A stack's place in the backend that has its state. */
export interface Elsewhere {
  backend: string;
  project: string;
  stack: string;
}

/** The stack of the organization that is known by its place. */
export async function findElsewhere(db: Db, organizationId: string, place: Elsewhere): Promise<StackRef | undefined> {
  return db
    .selectFrom("stacks")
    .where("organization_id", "=", organizationId)
    .where("backend", "=", place.backend)
    .where("backend_project", "=", place.project)
    .where("backend_stack", "=", place.stack)
    .select(["id", "project", "name"])
    .executeTakeFirst();
}

/**
 * The stacks of a backend that the caller may read, in the order of their names there.
 *
 * @param page.after these two names of the last one of the page before.
 */
export async function listKnown(
  db: Db,
  page: { actor: Actor; organizationId: string; backend: string; after: readonly string[] | undefined; limit: number },
) {
  const { after } = page;
  return (
    selectReadable(db, page.actor)
      .where("org.id", "=", page.organizationId)
      .where("stack.backend", "=", page.backend)
      .$if(after !== undefined, (query) =>
        query.where(sql<SqlBool>`(stack.backend_project, stack.backend_stack) > (${sql.join([...(after ?? [])])})`),
      )
      .orderBy("stack.backend_project")
      .orderBy("stack.backend_stack")
      .limit(page.limit)
      .select([
        "stack.id",
        "stack.project",
        "stack.name",
        "stack.created_at as createdAt",
        "stack.backend_project as thereProject",
        "stack.backend_stack as thereStack",
      ])
      // The table's constraint: they are there where there is a backend.
      .$narrowType<{ thereProject: string; thereStack: string }>()
      .execute()
  );
}

/** The organization's stack of that name, whoever may read it, and whether its state is here. */
export async function findNamed(
  db: Db,
  organizationId: string,
  { project, name }: { project: string; name: string },
): Promise<{ id: string; held: boolean } | undefined> {
  return db
    .selectFrom("stacks")
    .where("organization_id", "=", organizationId)
    .where("project", "=", project)
    .where("name", "=", name)
    .select(["id", sql<boolean>`backend is null`.as("held")])
    .executeTakeFirst();
}

/** The backend that has the stack's state; null when it is here. */
export async function readBackend(db: Db, stackId: string): Promise<string | null | undefined> {
  const row = await db.selectFrom("stacks").where("id", "=", stackId).select("backend").executeTakeFirst();
  return row?.backend;
}

/** The stack's place in the backend that has its state; null when it is here. */
export async function findPlace(db: Db, stackId: string): Promise<Elsewhere | null | undefined> {
  const row = await db
    .selectFrom("stacks")
    .where("id", "=", stackId)
    .select(["backend", "backend_project as project", "backend_stack as stack"])
    .executeTakeFirst();
  if (!row) return undefined;
  const { backend, project, stack } = row;
  return backend === null || project === null || stack === null ? null : { backend, project, stack };
}
