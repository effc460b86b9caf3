import { setTimeout as pause } from "node:timers/promises";
import { type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { edit, groupWithStack, newPack } from "../testing/group.ts";
import { deadlock, holdStack } from "../testing/locks.ts";
import { policyRun } from "../testing/policy-run.ts";
import { newStack, type TestStack, type TestUpdate } from "../testing/stack.ts";

describe.each(engines)("what the database undoes because of others, on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await sql`create sequence conflicts`.execute(t.db);
  });
  afterAll(() => t.close());

  const organization = sql`select from organizations where name = 'acme' for update`;
  const everyStack = sql`select from stacks for update`;

  interface Met {
    request(stack: TestStack, update: TestUpdate): Promise<Answer>;
    ours: RawBuilder<unknown>;
    its?: RawBuilder<unknown>;
  }

  const met: Record<string, Met> = {
    "a change of tags": {
      request: ({ path }) => t.send(`PATCH ${path}/tags`, { env: "prod" }),
      ours: organization,
    },
    "a new update": {
      request: ({ path }) => t.send(`POST ${path}/update`, {}),
      ours: sql`select from users for update`,
    },
    "a checkpoint": {
      request: (_, update) => update.checkpoint({ resources: [] }),
      ours: sql`select from updates for update`,
    },
    "a batch of events": {
      request: (_, update) => update.events([{ sequence: 7, timestamp: 1 }]),
      ours: sql`insert into engine_events (update_id, sequence, body) select id, 7, '{}' from updates where status = 'running'`,
      its: sql`select from updates for update`,
    },
  };
  // The embedded database has one connection, so nobody waits for anybody there.
  if (engine.name === "PostgreSQL") {
    test.each(Object.entries(met))("%s is done although a deadlock ended it first", async (_, one) => {
      const stack = await newStack(t);
      const update = await stack.run();
      const answer = await deadlock(t, { ours: one.ours, its: one.its ?? everyStack }, () =>
        one.request(stack, update),
      );
      expect(answer).toMatchObject({ status: 200 });
      await update.complete();
    });

    test("a policy group gets another name without waiting for its stacks, which may wait for it", async () => {
      const { stack, group } = await groupWithStack(t);
      const pack = await newPack(t, ["1.0.0", "2.0.0"]);
      await edit(t, group, { addPolicyPack: { name: pack, versionTag: "1.0.0" } });
      await policyRun(stack, { pack, lines: ["rex !no-public-bucket"] });
      await edit(t, group, { addPolicyPack: { name: pack, versionTag: "2.0.0" } });
      const { release } = await holdStack(t, stack.name);
      const answer = edit(t, group, { newName: `${group}-renamed` });
      const waits = pause(10_000, "it waits for the stack", { ref: false });
      try {
        expect(await Promise.race([answer, waits])).toMatchObject({ status: 200 });
      } finally {
        release();
      }
    });
  }

  /** A condition that fails with a conflict at its first `times` uses. */
  async function conflicting(times: number): Promise<void> {
    await sql`alter sequence conflicts restart`.execute(t.db);
    await sql`
      create or replace function meets_others() returns boolean language plpgsql as ${sql.lit(`
      begin
        if nextval('conflicts') <= ${times} then
          raise exception 'could not serialize access' using errcode = 'serialization_failure';
        end if;
        return true;
      end`)}`.execute(t.db);
  }

  /** Each read of the table fails with a conflict, the first `times` times. */
  async function whileConflicting(table: string, times: number, work: () => Promise<Answer>): Promise<Answer> {
    await conflicting(times);
    await sql`alter table ${sql.table(table)} rename to kept`.execute(t.db);
    await sql`create view ${sql.table(table)} as select * from kept where (select meets_others())`.execute(t.db);
    try {
      return await work();
    } finally {
      await sql`drop view ${sql.table(table)}`.execute(t.db);
      await sql`alter table kept rename to ${sql.table(table)}`.execute(t.db);
    }
  }

  test("a request that meets others each time is a 503 that says when to come again, and changes nothing", async () => {
    const stack = await newStack(t, { tags: { env: "test" } });
    const answer = await whileConflicting("policy_groups", 1_000, () => t.send(`POST ${stack.path}/update`, {}));
    expect(answer).toMatchObject({ status: 503, body: { code: 503, id: "database_contended" } });
    expect(answer.headers["retry-after"]).toBe("2");
    const count = await t.db.selectFrom("updates").select(sql<number>`count(*)::int`.as("n")).executeTakeFirst();
    const created = await t.send(`POST ${stack.path}/update`, {});
    expect(created.status).toBe(200);
    const { rows } = await sql<{ n: number }>`select count(*)::int - 1 as n from updates`.execute(t.db);
    expect(rows).toEqual([count]);
  });

  test("an update is made when its policies could be read at last", async () => {
    const stack = await newStack(t);
    const answer = await whileConflicting("policy_groups", 2, () => t.send(`POST ${stack.path}/update`, {}));
    expect(answer).toMatchObject({ status: 200, body: { updateID: expect.any(String) } });
  });

  test("findings that met others each time are brought up to date later, and not left out", async () => {
    const stack = await newStack(t);
    const update = await stack.run();
    // As often as a transaction is tried, so what comes after it would succeed.
    await conflicting(5);
    await sql`create function settles() returns trigger language plpgsql as
      $$ begin perform meets_others(); return new; end $$`.execute(t.db);
    await sql`create trigger settles before update of settled on updates for each row execute function settles()`.execute(
      t.db,
    );
    expect((await update.complete()).status).toBe(200);
    const settled = () => t.db.selectFrom("updates").where("id", "=", update.id).select("settled").executeTakeFirst();
    expect(await settled()).toEqual({ settled: false });
    await t.upkeep();
    expect(await settled()).toEqual({ settled: true });
  });
});
