import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Postgres } from "../../tools/postgres.ts";
import { findBroken } from "./checker/check.ts";
import { Client } from "./client.ts";
import { Recorder } from "./history.ts";
import { Random } from "./random.ts";
import { Stack, type Update } from "./updates.ts";
import { type FaultWorld, openReplicas, postgresPrograms } from "./worlds.ts";

describe.skipIf(!postgresPrograms)("of two servers on a PostgreSQL", () => {
  let faults: FaultWorld & { postgres: Postgres };
  beforeAll(async () => {
    faults = await openReplicas();
  });
  afterAll(() => faults?.close());

  /** Two clients, each of another server, and a stack. */
  async function begin(name: string) {
    const recorder = new Recorder();
    const [one, other] = faults.servers.map(
      (server, index) => new Client(recorder, new Random(index), { token: faults.token, servers: [server] }),
    );
    if (!one || !other) throw new Error("there are not two servers");
    const stack = new Stack(name);
    await stack.make(one);
    const end = async () => {
      await stack.readAll(one);
      return [...findBroken(recorder.calls), ...one.unexpected, ...other.unexpected];
    };
    return { one, other, stack, end };
  }

  test("one starts an update when both are asked at once", async () => {
    const { one, other, stack, end } = await begin("race");
    for (let round = 0; round < 10; round += 1) {
      const created = [await stack.create(one), await stack.create(other)];
      const clients = round % 2 === 0 ? [one, other] : [other, one];
      const started = await Promise.all(
        created.map((update, index) => update && stack.start(clients[index] ?? one, update)),
      );
      const [winner, ...more] = started.filter((update) => update !== undefined);
      expect(more).toEqual([]);
      await winner?.save();
      await winner?.complete();
    }
    expect(await end()).toEqual([]);
  });

  /** Holds rows until it is told to let go. */
  async function hold(rows: string) {
    const holder = new pg.Client({ connectionString: faults.postgres.url });
    await holder.connect();
    await holder.query("begin");
    await holder.query(`${rows} for update`);
    return async () => {
      await holder.query("commit");
      await holder.end();
    };
  }

  /** Waits until so many requests wait for a lock. */
  async function untilWaiting(count: number): Promise<void> {
    const watcher = new pg.Client({ connectionString: faults.postgres.url });
    await watcher.connect();
    for (let waiting = 0; waiting < count; ) {
      const { rows } = await watcher.query(
        "select count(distinct pid)::int as waiting from pg_locks where not granted",
      );
      waiting = rows[0].waiting;
    }
    await watcher.end();
  }

  const writes: [name: string, write: (update: Update) => Promise<{ result: string }>, isJournal: boolean][] = [
    ["a state", (update) => update.save(), false],
    ["entries of a journal", (update) => update.add(2), true],
  ];

  test.each(writes)(
    "one that is held while it stores %s does so before the other cancels, or not at all",
    async (name, write, isJournal) => {
      for (const held of ["the state", "the stack"]) {
        const { one, other, stack, end } = await begin(`held-${name.replaceAll(" ", "-")}-${held.split(" ")[1]}`);
        const update = await stack.begin(one);
        if (!update) throw new Error("no update was started");
        await (isJournal ? update.add(1) : update.save());
        const letGo = await hold(
          held === "the stack"
            ? `select from stacks where name = '${stack.name}'`
            : `select from checkpoints where update_id = '${update.id}'`,
        );
        const writing = write(update);
        await untilWaiting(1);
        const cancelling = update.cancel(other);
        await Promise.race([cancelling, untilWaiting(2)]);
        await letGo();
        expect((await cancelling).result).toBe("done");
        const { result } = await writing;
        const names = (await stack.read(one)).answer?.names ?? [];
        expect(names.length > 1, `${held}: ${result}`).toBe(result === "done");
        expect((await update.events(1)).result).toBe("refused");
        const next = await stack.begin(other);
        await next?.save();
        await next?.complete();
        expect(await end()).toEqual([]);
      }
    },
  );
});
