import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { onBehalfOf } from "../seats.ts";
import { engines, type TestDatabase } from "../testing/database.ts";

function gate() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe.each(engines)("connections to $name", (engine) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await engine.fresh();
  });
  afterAll(() => opened.close());

  test("another caller has their turn before the second one of many transactions that one caller wants", async () => {
    const begun: number[] = [];
    const gates = Array.from({ length: 12 }, gate);
    const many = gates.map(({ promise }, index) =>
      onBehalfOf("many", () =>
        opened.db.transaction().execute(async (db) => {
          await sql`select 1`.execute(db);
          begun.push(index);
          await promise;
        }),
      ),
    );
    gates[0]?.resolve();
    await onBehalfOf("other", () => sql`select 1`.execute(opened.db));
    expect(begun.length).toBeLessThan(10);
    for (const { resolve } of gates) resolve();
    await Promise.all(many);
    expect(begun.length).toBe(12);
  });

  // The embedded database has one connection.
  if (engine.name === "PostgreSQL") {
    test("a connection that only reads is not used for the next query", async () => {
      const pid = async () =>
        (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(opened.db)).rows[0]?.pid;
      const read = await opened.db.connection().execute(async (db) => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
        await sql`set default_transaction_read_only = on`.execute(db);
        await expect(sql`create table x ()`.execute(db)).rejects.toThrow("read-only transaction");
        return rows[0]?.pid;
      });
      expect(await pid()).not.toBe(read);
    });
  }
});
