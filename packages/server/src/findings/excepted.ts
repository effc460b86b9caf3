import { sql } from "kysely";

/** Whether a finding's violation is deployed still: it is open, or excepted. */
export const isDeployed = sql`(findings.ended is null or findings.ended = 'excepted')`;
