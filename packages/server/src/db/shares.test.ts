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
});
