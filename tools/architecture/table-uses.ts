/** Which tables a file of the server's writes, and which it only reads. */
export interface TableUses {
  writes: Set<string>;
  reads: Set<string>;
}

const BUILDER_WRITES = ["insertInto", "updateTable", "deleteFrom"];
const BUILDER = /\.?\b(selectFrom|insertInto|updateTable|deleteFrom|[a-z]+Join|from|using)\(\s*"(\w+)/g;
/** In templates that are tagged with `sql`, where a table follows one of these words. */
const SQL_TEMPLATE = /\bsql(?:<[^`]*?>)?`((?:[^`\\]|\\.)*)`/gs;
const SQL_WRITES = ["insert into", "update", "delete from"];
const SQL = /\b(insert into|update|delete from|from|join)\s+(\w+)/g;

/**
 * Finds tables by the words before them, in calls of Kysely's query builder and in SQL templates. Names that are not
 * tables, such as those of common table expressions, don't count.
 */
export function tableUses(source: string, tables: readonly string[]): TableUses {
  const uses: TableUses = { writes: new Set(), reads: new Set() };
  const note = (table: string | undefined, isWrite: boolean) => {
    if (table !== undefined && tables.includes(table)) (isWrite ? uses.writes : uses.reads).add(table);
  };
  for (const [, call = "", table] of source.matchAll(BUILDER)) note(table, BUILDER_WRITES.includes(call));
  for (const [, sql = ""] of source.matchAll(SQL_TEMPLATE)) {
    for (const [, words = "", table] of sql.matchAll(SQL)) note(table, SQL_WRITES.includes(words));
  }
  return uses;
}
