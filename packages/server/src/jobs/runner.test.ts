import { sql } from "kysely";
import { afterEach, expect, test } from "vitest";
import { type Engine, engines, type TestDatabase } from "../testing/database.ts";
import { defineJob, type Handler, handle, prepareJobs, Runner, type RunnerOptions, send } from "./index.ts";

const job = defineJob<{ n: number }>("test", { concurrency: 2, retries: 2, pause: 0, longest: 60 });
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function prepared(engine: Engine): Promise<TestDatabase> {
  const database = await engine.fresh();
  ends.push(() => database.close());
  await prepareJobs(database.db, [job]);
  return database;
}

async function run(db: TestDatabase["db"], handler: Handler, options: Partial<RunnerOptions> = {}): Promise<Runner> {
  const runner = new Runner({ db, log: quiet, handlers: [handler], pollMs: 20, ...options });
  ends.push(() => runner.stop(5_000));
  await runner.start();
  return runner;
}

/** Collects what jobs do, and tells when there are so many. */
function collector<T>() {
  const seen: T[] = [];
  let waiting: { count: number; resolve: () => void } | undefined;
  return {
    add(one: T) {
      seen.push(one);
      if (waiting && seen.length >= waiting.count) waiting.resolve();
    },
    reach: (count: number) =>
      new Promise<T[]>((resolve) => {
        waiting = { count, resolve: () => resolve(seen) };
        if (seen.length >= count) resolve(seen);
      }),
  };
}

// The embedded database has one server.
for (const engine of engines.filter(({ name }) => name === "PostgreSQL"))
  test("Several servers that start at the same time make the queues", async () => {
    const { db, close } = await engine.fresh();
    ends.push(close);
    const jobs = ["a", "b", "c"].map((name) => defineJob<{ n: number }>(name, job));
    await Promise.all([1, 2, 3].map(() => prepareJobs(db, jobs)));
    for (const each of jobs) await send({ db }, each, { n: 1 });
  });

test.each(engines)("A job is sent with its transaction, or not at all ($name)", async (engine) => {
  const { db } = await prepared(engine);
  const failed = db.transaction().execute(async (tx) => {
    await send({ db: tx }, job, { n: 1 });
    throw new Error("rolled back");
  });
  await expect(failed).rejects.toThrow("rolled back");
  await db.transaction().execute((tx) => send({ db: tx }, job, { n: 2 }));
  const { add, reach } = collector<number>();
  await run(
    db,
    handle(job, async ({ n }) => {
      add(n);
      return "done";
    }),
  );
  expect(await reach(1)).toEqual([2]);
});

test.each(engines)("A job without a queue is an error, and not lost ($name)", async (engine) => {
  const { db } = await prepared(engine);
  const other = defineJob<{ n: number }>("other", job);
  await expect(send({ db }, { ...other, name: "other" }, { n: 1 })).rejects.toThrow("There is no queue other");
});

test.each(engines)(
  "A job that fails or throws is tried again so often, and knows its last time ($name)",
  async (engine) => {
    const { db } = await prepared(engine);
    await send({ db }, job, { n: 1 });
    const { add, reach } = collector<boolean>();
    await run(
      db,
      handle(job, async (_, last) => {
        add(last);
        if (last) throw new Error("thrown");
        return "failed";
      }),
    );
    expect(await reach(3)).toEqual([false, false, true]);
  },
);

test.each(engines)("A postponed job comes again, with as many retries as it had ($name)", async (engine) => {
  const { db } = await prepared(engine);
  await send({ db }, job, { n: 1 });
  const { add, reach } = collector<boolean>();
  const outcomes = ["failed", { later: 0 }, "failed", "done"] as const;
  let at = 0;
  await run(
    db,
    handle(job, async (_, last) => {
      add(last);
      return outcomes[at++] ?? "done";
    }),
  );
  expect(await reach(4)).toEqual([false, false, false, true]);
});

test.each(engines)("A job whose server has died runs again ($name)", async (engine) => {
  const { db } = await prepared(engine);
  await send({ db }, job, { n: 7 });
  const first = collector<number>();
  const dead = await run(
    db,
    handle(job, ({ n }) => {
      first.add(n);
      return new Promise(() => {});
    }),
  );
  await first.reach(1);
  await dead.stop(0);
  await sql`update pgboss.job set started_on = now() - interval '10 minutes' where state = 'active'`.execute(db);
  await sql`update pgboss.version set maintained_on = now() - interval '10 minutes'`.execute(db);
  const second = collector<number>();
  await run(
    db,
    handle(job, async ({ n }) => {
      second.add(n);
      return "done";
    }),
    { maintenance: 1 },
  );
  expect(await second.reach(1)).toEqual([7]);
});

test.each(engines)("At most so many run at once ($name)", async (engine) => {
  const { db } = await prepared(engine);
  for (let n = 0; n < 6; n++) await send({ db }, job, { n });
  const { add, reach } = collector<number>();
  let running = 0;
  await run(
    db,
    handle(job, async () => {
      running += 1;
      add(running);
      await sql`select 1`.execute(db);
      running -= 1;
      return "done";
    }),
  );
  expect(Math.max(...(await reach(6)))).toBeLessThanOrEqual(2);
});

test.each(engines)("A database that is gone for a while ends no runner ($name)", async (engine) => {
  const { db } = await prepared(engine);
  await send({ db }, job, { n: 1 });
  const gone = { now: true };
  const asked = collector<string>();
  const flaky = new Proxy(db, {
    get(target, name) {
      if (gone.now && name === "connection") {
        asked.add("asked");
        throw new Error("Connection terminated");
      }
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  gone.now = false;
  const { add, reach } = collector<number>();
  await run(
    flaky,
    handle(job, async ({ n }) => {
      gone.now = n === 1;
      add(n);
      return "done";
    }),
  );
  await reach(1);
  await asked.reach(3);
  gone.now = false;
  await send({ db }, job, { n: 2 });
  expect(await reach(2)).toEqual([1, 2]);
});
