import { type SqlBool, sql } from "kysely";
import type { OrgCtx, StackRef } from "../context.ts";
import { selectReadable } from "../stacks/index.ts";
import type { StackOfUrn } from "./urn.ts";

/** Those of these stacks that there are and that the caller may read. */
export async function findReadable({ db, org, actor }: OrgCtx, stacks: readonly StackOfUrn[]): Promise<StackRef[]> {
  return selectReadable(db, actor)
    .where("org.id", "=", org.id)
    .where(
      sql<SqlBool>`(stack.project, stack.name) in (
        select project, stack from json_to_recordset(${JSON.stringify(stacks)}::json) as named (project text, stack text)
      )`,
    )
    .orderBy("stack.project")
    .orderBy("stack.name")
    .select(["stack.id", "stack.project", "stack.name"])
    .execute();
}
