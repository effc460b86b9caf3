import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { person } from "../testing/people.ts";

const KEEP = { auditDays: 400 };

describe.each(engines)("old events of the audit log on $name", (engine) => {
  let t: TestApp;
  let made = 0;
  /** An organization without any event. */
  let org: { id: string; name: string; as: string };
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());
  beforeEach(async () => {
    org = await newOrganization();
  });

  async function newOrganization() {
    made += 1;
    const name = `org${made}`;
    const { id } = await t.db.insertInto("organizations").values({ name }).returning("id").executeTakeFirstOrThrow();
    return { id, name, as: await person(t, `boss${made}`, "admin", name) };
  }

  /** Records events of so many days ago, in this order. */
  async function record(ages: readonly number[], { id } = org): Promise<void> {
    await sql`
      insert into audit_log (organization_id, at, login, name, source_ip, event, description)
      select ${id}, now() - make_interval(days => age), 'a', 'a', '', 'Team Created', 'of ' || age
      from unnest(${ages}::int[]) with ordinality as event (age, place) order by place`.execute(t.db);
  }

  const follow = (after?: number, { name, as } = org) =>
    t.send(`GET /api/quillon/orgs/${name}/auditlogs/follow${after === undefined ? "" : `?after=${after}`}`, undefined, {
      as,
    });
  async function followed(after?: number, of = org): Promise<string[]> {
    const { body } = await follow(after, of);
    return body.auditLogEvents.map(
      (one: { sequence: number; description: string }) => `${one.sequence} ${one.description}`,
    );
  }

  test("are kept for ever, unless the server is told otherwise", async () => {
    await record([5000, 1]);
    await t.compact();
    expect(await followed()).toEqual(["1 of 5000", "2 of 1"]);
  });

  test("are removed, also those that nobody has followed yet, and the others keep their sequence", async () => {
    const other = await newOrganization();
    for (const one of [org, other]) await record([500, 450, 401, 399, 1], one);
    expect(await followed()).toHaveLength(5);
    await t.compact(KEEP);
    for (const one of [org, other]) expect(await followed(undefined, one)).toEqual(["4 of 399", "5 of 1"]);
    await record([0]);
    expect(await followed(5)).toEqual(["6 of 0"]);
  });

  test("the last one stays, so that no sequence is given out twice", async () => {
    await record([500, 450]);
    expect(await followed()).toHaveLength(2);
    await t.compact(KEEP);
    await record([0]);
    expect(await followed()).toEqual(["2 of 450", "3 of 0"]);
  });

  test("who has not read what was removed is told so, and where to read on", async () => {
    await record([500, 450, 401, 1]);
    expect(await followed(1)).toHaveLength(3);
    await t.compact(KEEP);
    expect(await follow(1)).toMatchObject({
      status: 410,
      body: { id: "audit_events_removed", message: expect.stringMatching(/after 1 were removed.* Read on after 3,/) },
    });
    expect(await followed(3)).toEqual(["4 of 1"]);
    expect(await followed(4)).toEqual([]);
    expect(await followed()).toEqual(["4 of 1"]);
  });

  test("one that was recorded before a younger one, but has a later sequence, waits for it", async () => {
    await record([500, 1, 450, 440]);
    expect(await followed()).toHaveLength(4);
    await t.compact(KEEP);
    expect(await followed()).toEqual(["2 of 1", "3 of 450", "4 of 440"]);
  });

  test("more than one step are removed", async () => {
    await record(Array.from({ length: 2300 }, () => 500));
    await record([1]);
    await t.compact(KEEP);
    expect(await followed()).toEqual(["2301 of 1"]);
  });

  test.each([
    ["a young one", [399], true],
    ["an old one without a sequence", [500], false],
  ])("the database lets nobody remove %s", async (_, ages, numbered) => {
    await record(ages);
    if (numbered) await followed();
    const removal = sql`delete from audit_log where organization_id = ${org.id}`.execute(t.db);
    await expect(removal).rejects.toThrow("audit_log is append-only for 400 days");
    await expect(sql`truncate audit_log`.execute(t.db)).rejects.toThrow("audit_log is append-only");
  });
});
