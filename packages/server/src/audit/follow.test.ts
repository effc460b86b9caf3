import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { OPERATOR, recordAudit } from "./index.ts";

describe.each(engines)("following the audit log on $name", (engine) => {
  let t: TestApp;
  let org: { id: string };
  beforeAll(async () => {
    t = await startApp(engine);
    org = await t.db.selectFrom("organizations").select("id").executeTakeFirstOrThrow();
  });
  afterAll(() => t.close());

  const record = (db: TestApp["db"], description: string) =>
    recordAudit({ db, org, ...OPERATOR, inTransaction: true }, { event: "Team Created", description });

  /** Reads on from a sequence, as a SIEM does. */
  async function follow(after: number): Promise<{ sequence: number; description: string }[]> {
    const { body } = await t.send(`GET /api/quillon/orgs/acme/auditlogs/follow?after=${after}`);
    return body.auditLogEvents;
  }

  async function drain(after = 0) {
    const all: { sequence: number; description: string }[] = [];
    for (let page = await follow(after); page.length > 0; page = await follow(all.at(-1)?.sequence ?? 0))
      all.push(...page);
    return all;
  }

  test("gives every event once, with sequences without a gap, over several pages", async () => {
    for (let made = 0; made < 250; made += 1) await record(t.db, `team ${made}`);
    const all = await drain();
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1));
    expect(all.slice(-250).map(({ description }) => description)).toEqual(
      Array.from({ length: 250 }, (_, made) => `team ${made}`),
    );
    expect(await drain()).toEqual(all);
  });

  test("who has read further than there are events is told so, because a database may have been restored", async () => {
    const last = (await drain()).at(-1)?.sequence ?? 0;
    expect(await follow(last)).toEqual([]);
    const ahead = await t.send(`GET /api/quillon/orgs/acme/auditlogs/follow?after=${last + 1}`);
    expect(ahead).toMatchObject({ status: 409, body: { id: "audit_sequence_unknown" } });
    expect(ahead.body.message).toContain(`the last one is ${last}.`);
  });

  // The embedded database has one connection, so no event can be committed while another waits.
  if (engine.name === "PostgreSQL") {
    test("an event that is committed after a later one was read is still given", async () => {
      const last = (await drain()).at(-1)?.sequence ?? 0;
      let release = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      let inserted = () => {};
      const waiting = new Promise<void>((resolve) => {
        inserted = resolve;
      });
      const slow = t.db.transaction().execute(async (db) => {
        await record(db, "slow");
        inserted();
        await released;
      });
      await waiting;
      await record(t.db, "fast");
      const seen = await drain(last);
      expect(seen.map(({ description }) => description)).toEqual(["fast"]);
      release();
      await slow;
      const rest = await drain(seen.at(-1)?.sequence);
      expect(rest.map(({ description }) => description)).toEqual(["slow"]);
    });

    test("readers and writers at the same time lose nothing and give nothing twice", async () => {
      const last = (await drain()).at(-1)?.sequence ?? 0;
      const write = (writer: number) =>
        Promise.all(
          [0, 1, 2, 3, 4].map((turn) =>
            t.db.transaction().execute(async (db) => {
              await record(db, `w${writer}.${turn}`);
              await record(db, `w${writer}.${turn}b`);
            }),
          ),
        );
      const readers = [drain(last), drain(last), drain(last)];
      await Promise.all([0, 1, 2, 3, 4, 5].map(write));
      await Promise.all(readers);
      const all = await drain(last);
      expect(new Set(all.map(({ description }) => description)).size).toBe(60);
      expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => last + index + 1));
      const read = (await Promise.all(readers)).map((events) => JSON.stringify(events));
      for (const events of read) expect(JSON.stringify(all).startsWith(events.slice(0, -1))).toBe(true);
    });
  }
});
