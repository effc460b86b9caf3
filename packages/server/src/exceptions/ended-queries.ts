import { sql } from "kysely";
import type { Db } from "../db/open.ts";
import { exceptionId, readExceptionId } from "./exception.ts";
import { IS_ACTIVE } from "./queries.ts";

interface Named {
  organizationId: string;
  ids: readonly string[];
}

/** Which of these ids are of no active exception of the organization. */
export function listEnded(db: Db, named: Named): Promise<string[]> {
  return findEnded(db, named, false);
}

/**
 * `listEnded`; and those that have not ended are not removed before the transaction ends. Whoever removes one locks it before its
 * stacks, so this comes before stacks are locked, too.
 */
export function holdActive(db: Db, named: Named): Promise<string[]> {
  return findEnded(db, named, true);
}

async function findEnded(db: Db, { organizationId, ids }: Named, hold: boolean): Promise<string[]> {
  const numbers = ids.flatMap((id) => readExceptionId(id) ?? []);
  if (numbers.length === 0) return [...ids];
  const rows = await db
    .selectFrom("policy_exceptions as exception")
    .where("organization_id", "=", organizationId)
    .where(sql<boolean>`number = any(${numbers}::int[])`)
    .where(IS_ACTIVE)
    .orderBy("number")
    .select("number")
    .$if(hold, (query) => query.forShare())
    .execute();
  const active = new Set(rows.map(({ number }) => exceptionId(number)));
  return ids.filter((id) => !active.has(id));
}
