import type { Db } from "../db/open.ts";

/** At most so many are listed at once. */
const LIMIT = 100;

/**
 * Updates that have ended and for which something is not done yet, with their stack and organization, in the order in which
 * they ended. Only those of one stack, if it is given.
 *
 * @param done says of each update whether it is done.
 */
export function endedWithout(db: Db, done: "settled" | "receipted", stackId: string | undefined) {
  return db
    .selectFrom("updates as update")
    .innerJoin("stacks as stack", "stack.id", "update.stack_id")
    .innerJoin("organizations as org", "org.id", "stack.organization_id")
    .where(`update.${done}`, "=", false)
    .where("update.ended_at", "is not", null)
    .$if(stackId !== undefined, (query) => query.where("update.stack_id", "=", stackId ?? ""))
    .orderBy("update.ended_at")
    .limit(LIMIT);
}
