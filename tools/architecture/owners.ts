import type { TableUses } from "./table-uses.ts";

export interface Owner {
  table: string;
  owner: string;
  /** Other rooms that may read it. */
  readers: string[];
}

/** The rows of the table "Table, Owner, Also read by" in ARCHITECTURE.md. */
export function readOwners(page: string): Owner[] {
  const start = page.indexOf("| Table | Owner |");
  const rows = start === -1 ? [] : page.slice(start).split("\n\n")[0]?.split("\n").slice(2);
  return (rows ?? []).map((row) => {
    const [table = "", owner = "", readers = ""] = row
      .split("|")
      .slice(1)
      .map((cell) => cell.trim());
    return { table: table.replaceAll("`", ""), owner, readers: readers ? readers.split(/,\s*/) : [] };
  });
}

/**
 * What does not fit between the page and the code, as sentences.
 *
 * @param uses what each room's files do with tables.
 */
export function compareOwners(
  owners: readonly Owner[],
  tables: readonly string[],
  uses: ReadonlyMap<string, TableUses>,
): string[] {
  const missing = tables
    .filter((table) => !owners.some((owner) => owner.table === table))
    .map((table) => `ARCHITECTURE.md does not say who owns table ${table}.`);
  return [...missing, ...owners.flatMap((owner) => compareOwner(owner, tables, uses))];
}

function compareOwner(
  { table, owner, readers }: Owner,
  tables: readonly string[],
  uses: ReadonlyMap<string, TableUses>,
): string[] {
  if (!tables.includes(table)) return [`ARCHITECTURE.md has a table ${table} that the database does not have.`];
  const problems: string[] = [];
  for (const [room, { writes, reads }] of uses) {
    if (room === owner) continue;
    if (writes.has(table)) problems.push(`${room} writes table ${table}, which ${owner} owns.`);
    if (reads.has(table) && !readers.includes(room)) {
      problems.push(`${room} reads table ${table}, but ARCHITECTURE.md does not list it as a reader.`);
    }
  }
  const idle = readers.filter((room) => !uses.get(room)?.reads.has(table));
  return [...problems, ...idle.map((room) => `ARCHITECTURE.md says that ${room} reads table ${table}. It does not.`)];
}
