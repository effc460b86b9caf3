// Holds ARCHITECTURE.md to the code: which room owns which table, which rooms there are, and that the files that it names
// exist.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareOwners, readOwners } from "./architecture/owners.ts";
import { missingFiles, namedFiles, namedRooms } from "./architecture/places.ts";
import { type TableUses, tableUses } from "./architecture/table-uses.ts";
import { Failure } from "./failure.ts";
import { repositoryDir } from "./repository.ts";

const SERVER = "packages/server/src/";

export function main(): void {
  const page = readFileSync(join(repositoryDir, "ARCHITECTURE.md"), "utf8");
  const paths = listFiles();
  const problems = [
    ...compareOwners(readOwners(page), readTables(), usesByRoom(paths)),
    ...compareRooms(page),
    ...missingFiles(namedFiles(page), paths).map((name) => `ARCHITECTURE.md names ${name}, which does not exist.`),
  ];
  if (problems.length > 0) throw new Failure(problems.join("\n"));
}

/** Paths of the repository's files, those that are not committed yet included. */
function listFiles(): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard"];
  const paths = execFileSync("git", args, { cwd: repositoryDir, encoding: "utf8", maxBuffer: 1 << 26 }).split("\n");
  return paths.filter((path) => path !== "" && existsSync(join(repositoryDir, path)));
}

function readTables(): string[] {
  const texts = ["schema.ts", "result-tables.ts"].map((name) =>
    readFileSync(join(repositoryDir, SERVER, "db", name), "utf8"),
  );
  return [...texts.join("\n").matchAll(/^ {2}(\w+): \{/gm)].map(([, table = ""]) => table);
}

function usesByRoom(paths: readonly string[]): Map<string, TableUses> {
  const tables = readTables();
  const rooms = new Map<string, TableUses>();
  for (const path of paths) {
    if (!path.startsWith(SERVER) || !path.endsWith(".ts") || path.endsWith(".test.ts")) continue;
    const [room = ""] = path.slice(SERVER.length).split("/");
    if (room === "testing") continue;
    const uses = tableUses(readFileSync(join(repositoryDir, path), "utf8"), tables);
    const known = rooms.get(room);
    rooms.set(room, {
      writes: new Set([...(known?.writes ?? []), ...uses.writes]),
      reads: new Set([...(known?.reads ?? []), ...uses.reads]),
    });
  }
  return rooms;
}

function compareRooms(page: string): string[] {
  const described = [...namedRooms(page, "Room"), ...namedRooms(page, "Below the rooms")];
  const there = readdirSync(join(repositoryDir, SERVER)).filter((name) => !name.endsWith(".test.ts"));
  return [
    ...there
      .filter((name) => !described.includes(name))
      .map((name) => `ARCHITECTURE.md has no row for ${SERVER}${name}.`),
    ...described
      .filter((name) => !there.includes(name))
      .map((name) => `ARCHITECTURE.md has a row for ${SERVER}${name}, which does not exist.`),
  ];
}
