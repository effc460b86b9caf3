import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { holdStack, untilWaiting } from "../../testing/locks.ts";
import { newStack, type TestStack, type TestUpdate } from "../../testing/stack.ts";

/** More than a caller has connections to the database. */
const BATCHES = 10;

// The embedded database has one connection, and no lock to wait for.
describe.each(engines.filter(({ name }) => name === "PostgreSQL"))("events that wait on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const sendEntry = ({ path }: TestStack, { id, as }: TestUpdate, sequenceID: number) => {
    const state = { urn: "urn:pulumi:dev::web::a:b:C::n", custom: true, id: "n", type: "a:b:C" };
    const entry = { version: 1, kind: 1, sequenceID, operationID: sequenceID, state };
    return t.send(`PATCH ${path}/update/${id}/journalentries`, { entries: [entry] }, { as });
  };

  test("keep back no journal of the same caller, and are recorded", async () => {
    const [slow, other] = [await newStack(t), await newStack(t)];
    const [update, another] = [await slow.run(), await other.run()];
    const { release } = await holdStack(t, slow.name, (db) =>
      db.selectFrom("updates").where("id", "=", update.id).select("id").forUpdate().execute(),
    );
    let answered = 0;
    const sent = Array.from({ length: BATCHES }, (_, sequence) =>
      update.events([{ sequence, timestamp: 1, stdoutEvent: {} }]).finally(() => {
        answered += 1;
      }),
    );
    await untilWaiting(t, 2);
    const journal = [];
    for (const sequence of [1, 2, 3]) journal.push((await sendEntry(other, another, sequence)).status);
    const isBefore = answered === 0;
    release();
    expect({ journal, isBefore }).toEqual({ journal: [200, 200, 200], isBefore: true });
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(Array(BATCHES).fill(200));
    const { body } = await t.send(`GET ${slow.path}/update/${update.id}/events`);
    expect(body.events).toHaveLength(BATCHES);
  });
});
