import type { Db } from "../db/open.ts";
import type { ExceptionRules } from "./rule.ts";

const RULES = [
  "approval",
  "longest_hours as longestHours",
  "end_required as endRequired",
  "forbidden_from as forbiddenFrom",
] as const;

/**
 * Makes others who make exceptions in the organization, or change what is allowed, wait until the transaction ends.
 *
 * @returns what is allowed, and the last number that an exception was given.
 */
export async function lockRules(db: Db, organizationId: string): Promise<ExceptionRules & { last: number }> {
  await db
    .insertInto("exception_rules")
    .values({ organization_id: organizationId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return db
    .selectFrom("exception_rules")
    .where("organization_id", "=", organizationId)
    .select([...RULES, "last_number as last"])
    .forUpdate()
    .executeTakeFirstOrThrow();
}

export async function readRules(db: Db, organizationId: string): Promise<ExceptionRules> {
  const rules = await db
    .selectFrom("exception_rules")
    .where("organization_id", "=", organizationId)
    .select(RULES)
    .executeTakeFirst();
  return rules ?? { approval: false, longestHours: null, endRequired: false, forbiddenFrom: null };
}

/** The rules must be locked. */
export async function setRules(db: Db, organizationId: string, rules: ExceptionRules): Promise<void> {
  await db
    .updateTable("exception_rules")
    .set({
      approval: rules.approval,
      longest_hours: rules.longestHours,
      end_required: rules.endRequired,
      forbidden_from: rules.forbiddenFrom,
    })
    .where("organization_id", "=", organizationId)
    .execute();
}
