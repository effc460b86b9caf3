import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { requirePack } from "../testing/group.ts";
import { newStack, type TestStack } from "../testing/stack.ts";

const RESOURCES = 20_000;
const urn = (n: string) => `'urn:pulumi:dev::web::random:index/randomPet:RandomPet::pet' || ${n}`;

describe.each(engines)("a large update on $name", (engine) => {
  let t: TestApp;
  let on: TestStack;
  beforeAll(async () => {
    t = await startApp(engine);
    const length = { name: "length", description: "d", enforcementLevel: "advisory", message: "m" };
    await requirePack(t, "pets", [length]);
    on = await newStack(t);
  });
  afterAll(() => t.close());

  /** An update of so many resources, each with a violation or without. Its results are stored as its events would be. */
  async function run(violated: boolean): Promise<void> {
    const { body } = await t.send(`POST ${on.path}/update`, { options: { dryRun: false } });
    const { body: started } = await on.start(body.updateID);
    const id = body.updateID;
    const each = sql`from generate_series(1, ${RESOURCES}::int) as n`;
    await sql`insert into resource_steps (update_id, sequence, urn, kind)
      select ${id}::uuid, n, ${sql.raw(urn("n"))}, 'deployed' ${each}`.execute(t.db);
    await sql`insert into policy_analyses (update_id, sequence, pack, tag, urn, passed, failed)
      select ${id}::uuid, n, 'pets', '1.0.0', ${sql.raw(urn("n"))},
        ${violated ? [] : ["length"]}::text[], ${violated ? ["length"] : []}::text[] ${each}`.execute(t.db);
    if (violated)
      await sql`insert into policy_reports
        (update_id, sequence, kind, pack, tag, policy, urn, level, severity, message, exceptions)
        select ${id}::uuid, n, 'violated', 'pets', '1.0.0', 'length', ${sql.raw(urn("n"))},
          'advisory', '', 'too short', null ${each}`.execute(t.db);
    expect((await on.update({ id, ...started }).complete("succeeded")).status).toBe(200);
  }

  async function countOpen(): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from findings where ended is null`.execute(t.db);
    return rows[0]?.count ?? 0;
  }

  async function score() {
    const { body } = await t.send("GET /api/quillon/orgs/acme/compliance?by=stack");
    return body.scores[0];
  }

  async function digest(): Promise<unknown> {
    const { rows } = await sql`select md5(string_agg(finding::text, '' order by id)) from findings finding`.execute(
      t.db,
    );
    return rows;
  }

  test("opens a finding for each resource when it ends, and the next one closes them all", async () => {
    await run(true);
    expect(await countOpen()).toBe(RESOURCES);
    expect(await score()).toMatchObject({ passingPolicies: 0, governedResources: RESOURCES, cleanResources: 0 });
    // As after a server that ended between two parts.
    const before = await digest();
    await t.db.updateTable("updates").set({ settled: false }).execute();
    await t.upkeep();
    expect(await digest()).toEqual(before);
    await run(false);
    expect(await countOpen()).toBe(0);
    expect(await score()).toMatchObject({
      passingPolicies: 1,
      governedResources: RESOURCES,
      cleanResources: RESOURCES,
    });
  });

  test("goes on with the part at which a server was lost, and webhooks are told of those before, too", async () => {
    const hook = { name: "h", displayName: "h", payloadUrl: "http://127.0.0.1:1", format: "raw", active: true };
    const filters = ["policy_violation_advisory"];
    expect((await t.send("POST /api/orgs/acme/hooks", { ...hook, organizationName: "acme", filters })).status).toBe(
      201,
    );
    await sql`create function lose() returns trigger language plpgsql as
      $$ begin raise exception 'lost' using errcode = '57P01'; end $$`.execute(t.db);
    await sql`create trigger lose before update on updates for each row when (new.settling ->> 'part' = '2')
      execute function lose()`.execute(t.db);
    await run(true);
    const begun = await countOpen();
    expect(begun).toBeGreaterThan(0);
    expect(begun).toBeLessThan(RESOURCES);
    await sql`drop function lose cascade`.execute(t.db);
    await t.upkeep();
    expect(await countOpen()).toBe(RESOURCES);
    const { rows } = await sql<{ payload: string }>`select payload from webhook_deliveries`.execute(t.db);
    expect(rows.map(({ payload }) => JSON.parse(payload).reopened)).toEqual([RESOURCES]);
  });

  test("is in the findings by its new URNs when the stack is renamed", async () => {
    expect((await t.send(`POST ${on.path}/rename`, { newName: "renamed" })).status).toBe(200);
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from findings where urn like 'urn:pulumi:renamed::%'`.execute(t.db);
    expect(rows[0]?.count).toBe(RESOURCES);
  });
});
