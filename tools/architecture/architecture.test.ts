import { describe, expect, test } from "vitest";
import { compareOwners, readOwners } from "./owners.ts";
import { missingFiles, namedFiles, namedRooms } from "./places.ts";
import { tableUses } from "./table-uses.ts";

const tables = ["stacks", "updates", "teams"];

describe("a table is found", () => {
  test.each([
    [
      "read by the query builder",
      'db.selectFrom("stacks as stack").leftJoin("updates", "a", "b")',
      [],
      ["stacks", "updates"],
    ],
    ["written by the query builder", 'db.insertInto("stacks").values({})', ["stacks"], []],
    ["over several lines", 'db\n  .updateTable(\n    "stacks",\n  )', ["stacks"], []],
    ["read in SQL", "sql<{ id: string }>`select 1 from stacks s join updates u on true`", [], ["stacks", "updates"]],
    ["written in SQL", "sql`update updates set x = 1`", ["updates"], []],
    ["deleted in SQL", "sql`delete from teams where true`", ["teams"], []],
    ["nowhere in prose", "/** Takes it from stacks. */", [], []],
    ["nowhere for other names", 'cte.selectFrom("before")', [], []],
  ])("%s", (_, source, writes, reads) => {
    const uses = tableUses(source, tables);
    expect([...uses.writes]).toEqual(writes);
    expect([...uses.reads].sort()).toEqual(reads);
  });
});

describe("owners", () => {
  const page =
    "# A\n\n| Table | Owner | Also read by |\n|---|---|---|\n| `stacks` | stacks | groups, state |\n| `teams` | teams | |\n\nB";
  const none = { writes: new Set<string>(), reads: new Set<string>() };

  test("are read from the page", () => {
    expect(readOwners(page)).toEqual([
      { table: "stacks", owner: "stacks", readers: ["groups", "state"] },
      { table: "teams", owner: "teams", readers: [] },
    ]);
  });

  test("fit the code", () => {
    const reads = { ...none, reads: new Set(["stacks"]) };
    const uses = new Map([
      ["groups", reads],
      ["state", reads],
      ["teams", { ...none, writes: new Set(["teams"]) }],
    ]);
    expect(compareOwners(readOwners(page), ["stacks", "teams"], uses)).toEqual([]);
  });

  test("don't fit when another room writes, reads unseen, or no longer reads", () => {
    const uses = new Map([["groups", { writes: new Set(["stacks"]), reads: new Set(["stacks", "teams"]) }]]);
    expect(compareOwners(readOwners(page), ["stacks", "updates"], uses)).toEqual([
      "ARCHITECTURE.md does not say who owns table updates.",
      "groups writes table stacks, which stacks owns.",
      "ARCHITECTURE.md says that state reads table stacks. It does not.",
      "ARCHITECTURE.md has a table teams that the database does not have.",
    ]);
    expect(compareOwners(readOwners(page), ["stacks", "teams"], uses)).toContain(
      "groups reads table teams, but ARCHITECTURE.md does not list it as a reader.",
    );
  });
});

test("files are named in full or by the end of their path, and those not built yet don't count", () => {
  const page = "`packs/versions.ts` and `README.md`, `a/*.ts`\n\nNot built yet: `x/y.ts`";
  expect(namedFiles(page)).toEqual(["packs/versions.ts", "README.md"]);
  expect(missingFiles(["packs/versions.ts", "s.ts"], ["p/src/packs/versions.ts", "p/xs.ts"])).toEqual(["s.ts"]);
});

test("rooms are the first cells of their table", () => {
  expect(namedRooms("| Room | Holds |\n|---|---|\n| `packs` | x |\n| `teams` | y |", "Room")).toEqual([
    "packs",
    "teams",
  ]);
});
