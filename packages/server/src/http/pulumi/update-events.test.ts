import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { holdStack, untilWaiting } from "../../testing/locks.ts";
import { newStack, readRaw, sendText, type TestStack, type TestUpdate } from "../../testing/stack.ts";

const ABSENT = "00000000-0000-4000-8000-000000000000";

describe.each(engines)("the events of updates on $name", (engine) => {
  let t: TestApp;
  let stack: TestStack;
  beforeAll(async () => {
    t = await startApp(engine);
    stack = await newStack(t);
  });
  afterAll(() => t.close());

  const get = async (path: string) => (await t.send(`GET ${path}`)).body;

  const event = (sequence: number, extra: object = {}) => ({
    sequence,
    timestamp: 1,
    stdoutEvent: { sequence },
    ...extra,
  });

  /** Pulumi's API names the payload of an event that it answers. */
  const answered = (sequence: number) => ({ type: "stdoutEvent", ...event(sequence) });

  test("events may come in any order and more than once, and each is kept as it first came", async () => {
    const { path, run } = await newStack(t);
    const update = await run();
    const url = `${path}/update/${update.id}/events`;
    expect((await update.events([event(2), event(0)])).body).toEqual({});
    expect(await get(url)).toEqual({ events: [answered(0)], continuationToken: "1" });
    expect((await update.events([event(1), event(0, { changed: true })])).body).toEqual({});
    expect((await update.events([])).body).toEqual({});
    expect(await get(url)).toEqual({ events: [answered(0), answered(1), answered(2)], continuationToken: "3" });
    expect(await get(`${url}?continuationToken=3`)).toEqual({ events: [], continuationToken: "3" });
    await update.complete();
    expect(await get(`${url}?continuationToken=2`)).toEqual({ events: [answered(2)], continuationToken: null });
  });

  test("events are sent page by page", async () => {
    const { path, run } = await newStack(t);
    const update = await run();
    const all = Array.from({ length: 2500 }, (_, sequence) => event(sequence));
    await update.events(all);
    await update.complete();
    const read: unknown[] = [];
    let token: string | null = "0";
    while (token !== null) {
      const page: { events: unknown[]; continuationToken: string | null } = await get(
        `${path}/update/${update.id}/events?continuationToken=${token}`,
      );
      read.push(...page.events);
      token = page.continuationToken;
    }
    expect(read).toEqual(all.map(({ sequence }) => answered(sequence)));
  });

  test("an event keeps its bytes, whatever it holds, behind the name of its payload", async () => {
    const { path, run } = await newStack(t);
    const update = await run();
    const body = String.raw`{"sequence":0,"timestamp":1, "x":"\u0000 \ud800 \"}{","n":12345678901234567890}`;
    const text = `{"events": [ ${body} ]}`;
    const url = `${path}/update/${update.id}/events`;
    expect((await sendText(t, `POST ${url}/batch`, text, { as: update.as })).body).toEqual({});
    expect(await readRaw(t, url)).toBe(`{"events":[${body.replace("{", '{"type":"x",')}],"continuationToken":"1"}`);
  });

  test("the summary event gives the history its counts of changes", async () => {
    const { path, run } = await newStack(t);
    const update = await run();
    await update.events([event(0, { summaryEvent: { isPreview: false, resourceChanges: { create: 3, same: 1 } } })]);
    await update.events([event(1)]);
    await update.complete();
    const { info } = await get(`${path}/updates/latest`);
    expect(info.resourceChanges).toEqual({ create: 3, same: 1 });
  });

  test("a summary of more kinds of steps than an engine has is refused", async () => {
    const update = await (await newStack(t)).run();
    const resourceChanges = Object.fromEntries(Array.from({ length: 101 }, (_, kind) => [`kind${kind}`, 1]));
    const answer = await update.events([event(0, { summaryEvent: { isPreview: false, resourceChanges } })]);
    expect(answer).toMatchObject({ status: 400, body: { id: "invalid_input" } });
  });

  test("of events with the same number in one batch the first one counts, for results too", async () => {
    const { path, run } = await newStack(t);
    const update = await run();
    const policyEvent = (policyName: string) => ({ policyPackName: "pets", policyName, message: "m" });
    const batch = ["one", "two"].map((policy) => event(0, { policyEvent: policyEvent(policy) }));
    expect((await update.events(batch)).status).toBe(200);
    const { events } = await get(`${path}/update/${update.id}/events`);
    expect(events).toMatchObject([{ policyEvent: { policyName: "one" } }]);
    const reports = await t.db
      .selectFrom("policy_reports")
      .where("update_id", "=", update.id)
      .select("policy")
      .execute();
    expect(reports).toEqual([{ policy: "one" }]);
  });

  test.each<[name: string, events: unknown]>([
    ["no list", {}],
    ["an event without sequence", [{ timestamp: 1 }]],
    ["a negative sequence", [event(-1)]],
    ["a sequence that is not a whole number", [event(0.5)]],
    ["a sequence that is too large", [event(1e300)]],
    ["an event that is not an object", ["x"]],
  ])("a batch with %s is refused", async (_, events) => {
    const { run } = await newStack(t);
    const update = await run();
    expect(await update.events(events as object[])).toMatchObject({ status: 400, body: { code: 400 } });
  });

  test("events are found by the version that their update made, which is what pulumi stack history shows", async () => {
    const { path, run } = await newStack(t);
    for (const timestamp of [1, 2]) {
      const update = await run();
      await update.events([event(0, { timestamp })]);
      await update.complete();
    }
    const eventsOf = async (version: string) => (await t.send(`GET ${path}/update/${version}/events`)).body;
    expect((await eventsOf("1")).events).toMatchObject([{ timestamp: 1 }]);
    expect((await eventsOf("2")).events).toMatchObject([{ timestamp: 2 }]);
    for (const update of ["0", "3", "latest", "99999999999999999999"]) {
      expect(await eventsOf(update)).toMatchObject({ code: 404, message: `This stack has no update ${update}.` });
    }
  });

  test.each(["type=10", "type=9&type=10", "type=policyEvent", "type=9&urn=urn:pulumi:dev::web::a:b:C::d", "urn=u"])(
    "a request for the events with %s is refused",
    async (query) => {
      const { path, run } = await newStack(t);
      const { id } = await run();
      expect(await t.send(`GET ${path}/update/${id}/events?${query}`)).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining("This server can choose only events of type 9") },
      });
    },
  );

  test("the violations alone are sent on pages that none of them is empty of, by id and by version", async () => {
    const { path, run } = await newStack(t);
    const update = await run();
    const said = 'has "policyEvent": in its text';
    const violation = (sequence: number, message = "m") => ({
      ...{
        sequence,
        timestamp: 1,
        policyEvent: { policyName: "p", message, exceptions: [{ id: "EXC-1", reason: "r" }] },
      },
    });
    const large = violation(2_600, "x".repeat(1_200_000));
    await update.events(Array.from({ length: 2_500 }, (_, sequence) => event(sequence, { stdoutEvent: { said } })));
    await update.events([{ sequence: 2_500, timestamp: 1, stdoutEvent: { policyEvent: { nested: true } } }]);
    await update.events([violation(2_501), event(2_502), violation(2_503)]);
    await update.events([large]);
    await update.events([event(2_601, { stdoutEvent: { large: "y".repeat(1_200_000) } })]);
    await update.complete();
    for (const name of [update.id, "1"]) {
      const read: { sequence: number }[] = [];
      let token: string | null = "0";
      while (token !== null) {
        const page: { events: { sequence: number }[]; continuationToken: string | null } = await get(
          `${path}/update/${name}/events?type=9&continuationToken=${token}`,
        );
        if (page.events.length === 0) break;
        read.push(...page.events);
        token = page.continuationToken;
      }
      expect(read.map(({ sequence }) => sequence)).toEqual([2_501, 2_503, 2_600]);
      expect(read[0]).toEqual({ type: "policyEvent", ...violation(2_501) });
      expect(read[2]).toEqual({ type: "policyEvent", ...large });
    }
  });

  test("the token of another update, of the same stack or of another one, sends no events", async () => {
    const [one, two] = [await newStack(t), await newStack(t)];
    const [running, other, preview] = [await one.run(), await two.run(), await one.run("preview", true)];
    for (const [path, id, as] of [
      [one.path, running.id, other.as],
      [one.path, running.id, preview.as],
      [two.path, running.id, running.as],
      [one.path, ABSENT, running.as],
    ] as const) {
      const answer = await t.send(`POST ${path}/update/${id}/events/batch`, { events: [event(0)] }, { as });
      expect(answer).toMatchObject({ status: 401, body: { id: "unauthorized" } });
    }
    expect((await get(`${one.path}/update/${running.id}/events`)).events).toEqual([]);
  });

  test("the events of an update that does not exist are not found", async () => {
    const answer = await t.send(`GET ${stack.path}/update/${ABSENT}/events`);
    expect(answer).toMatchObject({ status: 404, body: { id: "update_not_found" } });
    expect((await t.send(`GET ${stack.path}/update/${ABSENT}/events?continuationToken=x`)).status).toBe(400);
  });
});

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
