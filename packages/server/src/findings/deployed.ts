import { type RawBuilder, type SqlBool, sql } from "kysely";

/** Whether a finding's violation is deployed still: it is open, or excepted. */
export const isDeployed = (table: "finding" | "findings"): RawBuilder<SqlBool> =>
  sql`(${sql.ref(`${table}.ended`)} is null or ${sql.ref(`${table}.ended`)} = 'excepted')`;
