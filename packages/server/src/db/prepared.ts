import { sql } from "kysely";

const MARK = "/* prepared */";

/**
 * Has each connection prepare the statement that this is in: the database then reads and plans it once, which takes it several times as
 * long as to run a small one. It is for what is sent often, always in the same words, and has the same plan whatever its
 * values are. A connection keeps what it has prepared.
 */
export const prepared = sql.raw(MARK);

const names = new Map<string, string>();

/** The name of a statement that is prepared. Undefined for others. */
export function preparedName(text: string): string | undefined {
  if (!text.includes(MARK)) return undefined;
  const name = names.get(text) ?? `s${names.size}`;
  names.set(text, name);
  return name;
}
