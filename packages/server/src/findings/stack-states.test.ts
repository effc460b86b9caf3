import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack } from "../testing/stack.ts";
import type { Governed } from "./governed.ts";
import { countStacks, listStacksIn, type StackState, stackStates } from "./overview-queries.ts";

/** What is kept of each stack's packs, in the order of the stacks. */
const kept = [
  undefined,
  { packs: ["cats"], reported: true, stale: false },
  { packs: ["cats", "dogs"], reported: true, stale: false },
  { packs: ["cats"], reported: true, stale: true },
  { packs: ["cats"], reported: false, stale: false },
  undefined,
];

/** The places have stacks by their number. Of each state, the numbers of the stacks that are in it. */
const cases: {
  name: string;
  places: { stacks: number[]; packs: string[] }[];
  others: string[];
  states: Record<StackState, number[]>;
}[] = [
  {
    name: "none must run a pack",
    places: [],
    others: [],
    states: { governed: [], ungoverned: [0, 1, 2, 3, 4, 5], stale: [3], "never-reported": [] },
  },
  {
    name: "all must run the same",
    places: [],
    others: ["cats"],
    states: { governed: [0, 1, 2, 3, 4, 5], ungoverned: [], stale: [3], "never-reported": [0, 4, 5] },
  },
  {
    name: "all must run a pack that one has run",
    places: [],
    others: ["cats", "dogs"],
    states: { governed: [0, 1, 2, 3, 4, 5], ungoverned: [], stale: [1, 3], "never-reported": [0, 4, 5] },
  },
  {
    name: "some must run nothing",
    places: [{ stacks: [0, 3, 4], packs: [] }],
    others: ["cats"],
    states: { governed: [1, 2, 5], ungoverned: [0, 3, 4], stale: [3], "never-reported": [5] },
  },
  {
    name: "only some must run packs",
    places: [
      { stacks: [0, 2], packs: ["cats"] },
      { stacks: [1, 4], packs: ["birds"] },
    ],
    others: [],
    states: { governed: [0, 1, 2, 4], ungoverned: [3, 5], stale: [1, 3], "never-reported": [0, 4] },
  },
];

/** Among how many stacks a page is looked for at first, and how many it may have. */
const looks = [
  [1, 1],
  [3, 2],
  [2, 100],
  [100, 2],
] as const;

describe.each(engines)("stacks in a state on $name", (engine) => {
  let t: TestApp;
  let stacks: { id: string; organizationId: string; name: string }[];
  let actor: Parameters<typeof countStacks>[1]["actor"];
  beforeAll(async () => {
    t = await startApp(engine);
    for (const _ of kept) await newStack(t);
    const { rows } = await sql<(typeof stacks)[number]>`
      select id, organization_id as "organizationId", name from stacks order by project, name`.execute(t.db);
    stacks = rows;
    for (const [n, row] of kept.entries())
      if (row)
        await sql`insert into scored_stacks (stack_id, packs, reported, stale)
          values (${stacks[n]?.id}, ${row.packs}, ${row.reported}, ${row.stale})`.execute(t.db);
    const admin = await sql<{ id: string }>`select id from users where login = 'admin'`.execute(t.db);
    actor = { userId: admin.rows[0]?.id ?? "" } as typeof actor;
  });
  afterAll(() => t.close());

  const governedBy = ({ places, others }: (typeof cases)[number]): Governed => ({
    places: places.map(({ packs, ...place }) => ({ packs, ids: place.stacks.flatMap((n) => stacks[n]?.id ?? []) })),
    others,
  });

  test.each(cases)("are the same wherever they are looked for: $name", async (wanted) => {
    const caller = { actor, organizationId: stacks[0]?.organizationId ?? "", governed: governedBy(wanted) };
    for (const state of stackStates) {
      const expected = wanted.states[state].map((n) => stacks[n]?.name);
      for (const [first, limit] of looks) {
        const found: string[] = [];
        for (let after: string[] | undefined; ; ) {
          const page = await listStacksIn(t.db, { ...caller, state, after, limit, first });
          found.push(...page.map(({ stack }) => stack));
          const last = page.at(-1);
          if (!last || page.length < limit) break;
          after = [last.project, last.stack];
        }
        expect(found, `${state}, ${first}, ${limit}`).toEqual(expected);
      }
    }
    const { states } = wanted;
    expect(await countStacks(t.db, caller, caller.governed)).toEqual({
      known: kept.length,
      governed: states.governed.length,
      stale: states.stale.length,
      neverReported: states["never-reported"].length,
    });
  });
});
