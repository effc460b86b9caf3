import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { age, EXCEPTIONS, except } from "../testing/exception.ts";
import { edit, newPack } from "../testing/group.ts";
import { OLDER, policyRun, urnOf } from "../testing/policy-run.ts";
import { newStack, type TestStack } from "../testing/stack.ts";

/** Findings of a stack, beside the first. 5,000 are opened at once. */
const MORE = 6_000;

describe.each(engines)("an exception that let very many violations through on $name", (engine) => {
  let t: TestApp;
  let pack: string;
  beforeAll(async () => {
    t = await startApp(engine);
    pack = await newPack(t);
    await edit(t, "default-policy-group", { addPolicyPack: { name: pack, versionTag: "1.0.0" } });
    const hook = { displayName: "open", payloadUrl: "http://127.0.0.1:1/x", active: true };
    await t.send("POST /api/orgs/acme/hooks", { ...hook, filters: ["policy_violation_mandatory"] });
  });
  afterAll(() => t.close());

  async function excepted() {
    const stack = await newStack(t);
    const id = await except(t, pack, [urnOf(stack.name, "rex")], { expiresInSeconds: 3600 });
    await policyRun(stack, { pack, lines: ["rex !no-public-bucket"], client: OLDER });
    await sql`
      insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message, priority,
        first_seen_at, first_seen_tag, last_seen_at, modified_at, ended, resolved_at, exceptions)
      select findings.organization_id, stack_id, pack, policy, urn || n, sha256(convert_to(urn || n, 'UTF8')), tag, level, severity,
        message, priority, first_seen_at, first_seen_tag, last_seen_at, modified_at, ended, resolved_at, exceptions
      from findings join stacks on stacks.id = stack_id cross join generate_series(1, ${MORE}::int) n
      where stacks.name = ${stack.name}`.execute(t.db);
    return { stack, id };
  }

  async function open(stack: TestStack): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from findings join stacks on stacks.id = stack_id
      where stacks.name = ${stack.name} and ended is null`.execute(t.db);
    return rows[0]?.count ?? 0;
  }

  /** What the audit log says of the findings that are open again, and how often. */
  async function audited(id: string): Promise<Record<string, number>> {
    const { rows } = await sql<{ what: string; count: number }>`
      select login || ': ' || regexp_replace(description, '^.*again, because policy exception ', '') as what, count(*)::int as count
      from audit_log where description like ${`% because policy exception ${id} %`} group by 1`.execute(t.db);
    return Object.fromEntries(rows.map(({ what, count }) => [what, count]));
  }

  /** What webhooks were told of the stack. */
  async function told({ name }: TestStack) {
    const rows = await t.db.selectFrom("webhook_deliveries").select("payload").orderBy("created_at").execute();
    return rows
      .map(({ payload }) => JSON.parse(String(payload)))
      .filter(({ stackName, policyExceptions }) => stackName === name && policyExceptions)
      .map(({ policyExceptionsAre, reopened }) => [policyExceptionsAre, reopened]);
  }

  test("opens the first of them when it is removed, and the upkeep opens the rest", async () => {
    const { stack, id } = await excepted();
    expect((await t.send(`DELETE ${EXCEPTIONS}/${id}`)).status).toBe(200);
    expect(await open(stack)).toBe(5_000);
    await t.upkeep();
    expect(await open(stack)).toBe(MORE + 1);
    await t.upkeep();
    expect(await audited(id)).toEqual({
      [`admin: ${id} was removed`]: 5_000,
      [`server: ${id} was removed`]: MORE + 1 - 5_000,
    });
    expect(await told(stack)).toEqual([
      ["removed", 5_000],
      ["removed", MORE + 1 - 5_000],
    ]);
  });

  test("opens those of some stacks when it is removed, and the upkeep opens those of the others", async () => {
    const stack = await newStack(t);
    const id = await except(t, pack, [urnOf(stack.name, "rex")], { expiresInSeconds: 3600 });
    await policyRun(stack, { pack, lines: ["rex !no-public-bucket"], client: OLDER });
    await sql`
      with more as (
        insert into stacks (organization_id, project, name, tags, data_key)
        select organization_id, project, name || n, '{}', data_key
        from stacks cross join generate_series(1, 30) n where name = ${stack.name} returning id, organization_id
      )
      insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message, priority,
        first_seen_at, first_seen_tag, last_seen_at, modified_at, ended, resolved_at, exceptions)
      select findings.organization_id, more.id, pack, policy, urn, urn_digest, tag, level, severity, message, priority,
        first_seen_at, first_seen_tag, last_seen_at, modified_at, ended, resolved_at, exceptions
      from findings join stacks on stacks.id = stack_id cross join more where stacks.name = ${stack.name}`.execute(
      t.db,
    );
    const open = async () => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from findings join stacks on stacks.id = stack_id
        where starts_with(stacks.name, ${stack.name}) and ended is null`.execute(t.db);
      return rows[0]?.count;
    };
    expect((await t.send(`DELETE ${EXCEPTIONS}/${id}`)).status).toBe(200);
    expect(await open()).toBe(20);
    await t.upkeep();
    expect(await open()).toBe(31);
  });

  test("opens all of them when it has ended, also while others are not done that were removed", async () => {
    const [ended, removed] = [await excepted(), await excepted()];
    await age(t, ended.id, 1);
    expect((await t.send(`DELETE ${EXCEPTIONS}/${removed.id}`)).status).toBe(200);
    await t.upkeep();
    expect([await open(ended.stack), await open(removed.stack)]).toEqual([MORE + 1, MORE + 1]);
    await t.upkeep();
    expect(await audited(ended.id)).toEqual({ [`server: ${ended.id} has ended`]: MORE + 1 });
    expect(await told(ended.stack)).toEqual([
      ["ended", 5_000],
      ["ended", MORE + 1 - 5_000],
    ]);
  });
});
