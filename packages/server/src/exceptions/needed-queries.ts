import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { readExceptionId } from "./exception.ts";

export interface Needed {
  organizationId: string;
  project: string;
  stack: string;
  ids: readonly string[];
  at: Date;
}

/** Keeps that exceptions let something of a stack through. The stack must be locked. */
export async function setNeeded(db: Db, { organizationId, project, stack, ids, at }: Needed): Promise<void> {
  const numbers = ids.flatMap((id) => readExceptionId(id) ?? []);
  if (numbers.length === 0) return;
  await sql`
    update policy_exception_stacks named set last_needed_at = ${at}
    from policy_exceptions exception
    where named.organization_id = ${organizationId} and named.project = ${project} and named.stack = ${stack}
      and exception.id = named.exception_id and exception.number = any(${numbers}::integer[])
      and (named.last_needed_at is null or named.last_needed_at < ${at})`.execute(db);
}
