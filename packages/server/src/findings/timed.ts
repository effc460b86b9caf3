import { type RawBuilder, type SqlBool, sql } from "kysely";
import { isOverdue, type OverdueTimes } from "./overdue.ts";
import { isRecent, type Recent } from "./recent.ts";

/** What is wanted of findings that changes with the time alone. */
export interface Timed {
  recent?: Recent | undefined;
  /** Only those that are overdue by these times. */
  overdue?: OverdueTimes | undefined;
}

/** Whether something of it is wanted. */
export const isTimed = ({ recent, overdue }: Timed) => recent !== undefined || overdue !== undefined;

/** @param row of a finding, or of findings that are alike in their times: of `finding_times`. */
export const isWithinTime = ({ recent, overdue }: Timed, row: "finding" | "counted"): RawBuilder<SqlBool> =>
  sql`${recent ? isRecent(recent, row) : sql`true`} and ${overdue ? isOverdue(overdue, row) : sql`true`}`;
