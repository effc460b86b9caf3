import { type Expression, type SqlBool, sql } from "kysely";
import type { Condition } from "./grid.ts";

/**
 * The condition in SQL.
 *
 * @param equalsAny compares a field with the values that it may have.
 */
export function conditionIn<F extends string>(
  condition: Condition<F>,
  equalsAny: (field: F, values: readonly string[]) => Expression<SqlBool>,
): Expression<SqlBool> {
  const read = (one: Condition<F>): Expression<SqlBool> => {
    if ("field" in one) return equalsAny(one.field, [one.value]);
    const inner = "all" in one ? one.all : one.any;
    if (inner.length === 0) return sql`true`;
    if ("all" in one) return sql`(${sql.join(inner.map(read), sql` and `)})`;
    return sql`(${sql.join([...valuesOf(inner), ...inner.filter(isGroup).map(read)], sql` or `)})`;
  };
  /** One condition for each field with all values that it may have, because each of 500 conditions is computed for each row. */
  const valuesOf = (conditions: readonly Condition<F>[]) => {
    const values = new Map<F, string[]>();
    for (const one of conditions) {
      if ("field" in one) values.set(one.field, [...(values.get(one.field) ?? []), one.value]);
    }
    return [...values].map(([field, any]) => equalsAny(field, any));
  };
  return read(condition);
}

const isGroup = <F extends string>(condition: Condition<F>) => !("field" in condition);

/** Whether a condition is about the field. */
export function names<F extends string>(condition: Condition<F>, field: F): boolean {
  if ("field" in condition) return condition.field === field;
  return ("all" in condition ? condition.all : condition.any).some((one) => names(one, field));
}
