import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { emptyPglite, inThisThread } from "../testing/database.ts";

/** In MB, of what is still needed. */
function heap(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed / 1_000_000;
}

test("the embedded database keeps nothing of what was read", async () => {
  const pglite = await emptyPglite();
  const { db, destroy } = inThisThread(pglite);
  try {
    const read = () => sql`select repeat('x', 1000000) as text`.execute(db);
    await read();
    const before = heap();
    for (let n = 0; n < 100; n++) expect((await read()).rows).toHaveLength(1);
    expect(heap() - before).toBeLessThan(20);
  } finally {
    await destroy();
    await pglite.close();
  }
});

test("a statement that fails fails alone", async () => {
  const pglite = await emptyPglite();
  const { db, destroy } = inThisThread(pglite);
  try {
    await expect(sql`select 1 / 0`.execute(db)).rejects.toMatchObject({ code: "22012" });
    expect((await sql`select 1 as n`.execute(db)).rows).toEqual([{ n: 1 }]);
    const failed = db.transaction().execute(async (tx) => {
      await sql`create table gone (n int)`.execute(tx);
      await sql`select 1 / 0`.execute(tx);
    });
    await expect(failed).rejects.toMatchObject({ code: "22012" });
    await expect(sql`select from gone`.execute(db)).rejects.toMatchObject({ code: "42P01" });
  } finally {
    await destroy();
    await pglite.close();
  }
});
