import fc from "fast-check";
import { type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Db } from "../db/open.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { untilWaiting } from "../testing/locks.ts";
import { newStack } from "../testing/stack.ts";

const PACKS = ["cats", "dogs", "pets"];

/** One statement, as those of settling, of reconciling and of withdrawing packs: all change one row or many. */
const changes: Record<string, (stacks: string[], pack: string) => RawBuilder<unknown>> = {
  evaluate: ([stack], pack) => sql`
    insert into pack_scores (stack_id, pack, version, tag, evaluated_at) values (${stack}, ${pack}, 1, '1.0.0', now())
    on conflict (stack_id, pack) do update set evaluated_at = now(), broken = false, stale = false, withdrawn = false`,
  break: ([stack], pack) => sql`
    insert into pack_scores (stack_id, pack, version, tag, broken) values (${stack}, ${pack}, 1, '1.0.0', true)
    on conflict (stack_id, pack) do update set broken = true, withdrawn = false`,
  require: (stacks, pack) => sql`
    insert into pack_scores (stack_id, pack, version, tag) select unnest(${stacks}::uuid[]), ${pack}, 1, '1.0.0'
    on conflict do nothing`,
  mark: (stacks, pack) => sql`update pack_scores set stale = not stale where ${ofStacks(stacks)} and pack = ${pack}`,
  withdraw: (stacks, pack) => sql`update pack_scores set withdrawn = true where ${ofStacks(stacks)} and pack = ${pack}`,
  forget: (stacks, pack) => sql`delete from pack_scores where ${ofStacks(stacks)} and pack <> ${pack}`,
};

const ofStacks = (stacks: readonly string[]) => sql`stack_id = any(${[...stacks]}::uuid[])`;

const transactions = fc.array(
  fc.array(
    fc.record({
      change: fc.constantFrom(...Object.keys(changes)),
      pack: fc.constantFrom(...PACKS),
      stacks: fc.subarray([0, 1, 2], { minLength: 1 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  { minLength: 2, maxLength: 4 },
);

describe.each(engines)("what is kept of a stack's packs on $name", (engine) => {
  let t: TestApp;
  let stacks: string[];
  beforeAll(async () => {
    t = await startApp(engine);
    const made = [await newStack(t), await newStack(t), await newStack(t)];
    const { rows } = await sql<{ id: string }>`
      select id from stacks where name = any(${made.map(({ name }) => name)}) order by id`.execute(t.db);
    stacks = rows.map(({ id }) => id);
  });
  afterAll(() => t.close());

  async function expectToAgree() {
    const kept = await sql`
      select stack_id, packs, evaluated, reported, stale from scored_stacks order by stack_id`.execute(t.db);
    const afresh = await sql`
      select stack_id, coalesce(array_agg(pack order by pack) filter (where pack is not null), '{}') as packs,
        min(evaluated_at) as evaluated, coalesce(bool_or(evaluated_at is not null or broken), false) as reported,
        coalesce(bool_or(stale), false) as stale
      from (select stack_id from scored_stacks) as stack
      left join (select * from pack_scores where not withdrawn) as score using (stack_id)
      group by stack_id order by stack_id`.execute(t.db);
    expect(kept.rows).toEqual(afresh.rows);
  }

  test("is what they say after any changes at the same time", async () => {
    await fc.assert(
      fc.asyncProperty(transactions, async (all) => {
        const take = (steps: (typeof all)[number]) => async (db: Db) => {
          await sql`set local deadlock_timeout = '10ms'`.execute(db);
          for (const { change, pack, stacks: which } of steps) {
            const ids = which.flatMap((index) => stacks[index] ?? []);
            await changes[change]?.(ids, pack).execute(db);
          }
        };
        // Two that change the same stacks in another order may end each other. One that is ended changes nothing.
        await Promise.allSettled(all.map((steps) => t.db.transaction().execute(take(steps))));
        await expectToAgree();
      }),
      { numRuns: 12 },
    );
    const { rows } = await sql`select from scored_stacks`.execute(t.db);
    expect(rows.length).toBeGreaterThan(0);
  });

  // The embedded database has one connection, so there is no "meanwhile".
  if (engine.name === "PostgreSQL")
    test("has both packs that two transactions evaluate without seeing each other", async () => {
      const [stack = ""] = stacks;
      await sql`delete from pack_scores`.execute(t.db);
      let second: Promise<unknown> = Promise.resolve();
      await t.db.transaction().execute(async (db) => {
        await changes.evaluate?.([stack], "cats").execute(db);
        second = t.db.connection().execute(async (other) => {
          await changes.evaluate?.([stack], "dogs").execute(other);
        });
        await untilWaiting(t, 1);
      });
      await second;
      await expectToAgree();
      const kept = await sql<{ packs: string[] }>`select packs from scored_stacks where stack_id = ${stack}`.execute(
        t.db,
      );
      expect(kept.rows).toEqual([{ packs: ["cats", "dogs"] }]);
    });
});
