import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSettings } from "../settings.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { requirePack } from "../testing/group.ts";
import { type PolicyRun, policyRun } from "../testing/policy-run.ts";
import { newStack, type TestStack } from "../testing/stack.ts";
import { compact } from "./compact.ts";

const policies = ["length", "prefix", "few"].map((name) => ({
  name,
  description: "d",
  enforcementLevel: "advisory",
  message: "m",
}));

const line = fc
  .tuple(fc.constantFrom("rex", "tom", "root", "stack"), fc.constantFrom("", "!"), fc.constantFrom("", "!"))
  .map(([name, length, prefix]) =>
    name === "stack" ? `stack ${length}few@rex` : `${name} ${length}length ${prefix}prefix`,
  );

const run: fc.Arbitrary<PolicyRun> = fc.record({
  lines: fc.uniqueArray(fc.oneof({ weight: 4, arbitrary: line }, { weight: 1, arbitrary: fc.constant("-tom") }), {
    maxLength: 4,
    selector: (one) => one.replace("-", "").split(" ")[0],
  }),
  dryRun: fc.boolean(),
  status: fc.constantFrom("succeeded", "failed"),
});

describe.each(engines)("compaction on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets", policies);
  });
  afterAll(() => t.close());

  /** Its real update. */
  async function updateOf(on: TestStack): Promise<string> {
    const ofStack = t.db.selectFrom("receipts").where("stack", "=", on.name).where("dry_run", "=", false);
    return (await ofStack.select("update_id").executeTakeFirstOrThrow()).update_id;
  }

  /** Lets all runs of the stack be 200 days older, and what they left. */
  async function age(on: TestStack): Promise<void> {
    const days = sql`interval '200 days'`;
    const ofStack = sql`stack_id = (select id from stacks where name = ${on.name})`;
    await sql`update updates set ended_at = ended_at - ${days} where ${ofStack}`.execute(t.db);
    await sql`update receipts set ended_at = ended_at - ${days} where ${ofStack}`.execute(t.db);
    await sql`update findings set last_seen_at = last_seen_at - ${days}, resolved_at = resolved_at - ${days} where ${ofStack}`.execute(
      t.db,
    );
    await sql`update evaluations set evaluated_at = evaluated_at - ${days} where ${ofStack}`.execute(t.db);
    await sql`update pack_scores set evaluated_at = evaluated_at - ${days} where ${ofStack}`.execute(t.db);
  }

  /** All that is known of the stack, without ids and times. */
  async function known(on: TestStack): Promise<unknown> {
    const { rows } = await sql<object>`
      with stack as (select id from stacks where name = ${on.name})
      select
        (select json_agg(row(policy, split_part(urn, '::', 4), level, severity, message, status, ended, reopened) order by policy, urn)
          from findings join stack on stack_id = stack.id) as findings,
        (select json_agg(row(pack, split_part(urn, '::', 4), by_stack, governed, tag, passed, failed) order by urn, by_stack)
          from evaluations join stack on stack_id = stack.id) as evaluations,
        (select json_agg(row(policy, state, governed, failing) order by policy)
          from policy_scores join stack on stack_id = stack.id) as policies,
        (select json_agg(row(pack, tag, broken, stale, withdrawn, policies, passing, not_exercised, governed, clean))
          from pack_scores join stack on stack_id = stack.id) as packs,
        (select json_agg(row(governed, clean)) from stack_scores join stack on stack_id = stack.id) as scores,
        (select json_agg(row(source, policy, split_part(urn, '::', 4)) order by policy, urn)
          from predictions join stack on stack_id = stack.id) as predictions,
        (select json_agg(row(kind, dry_run, outcome, status, body::json -> 'reasons') order by ended_at)
          from receipts join stack on stack_id = stack.id) as receipts`.execute(t.db);
    const withoutNames = JSON.stringify(rows[0]).replaceAll(on.name, "");
    return JSON.parse(withoutNames);
  }

  test("at any time, and stopped after any step, changes nothing that follows from a stack's runs", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ run, steps: fc.option(fc.integer({ min: 1, max: 8 })) }), { minLength: 1, maxLength: 4 }),
        async (life) => {
          const [compacted, whole] = [await newStack(t), await newStack(t)];
          for (const { run, steps } of life) {
            await policyRun(whole, run);
            await policyRun(compacted, run);
            if (steps === null) continue;
            await age(compacted);
            const work = compact({ db: t.db, log: t.app.log }, readSettings({}, {}));
            for (let step = 0; step < steps; step += 1) await work.next();
            await work.return(undefined);
          }
          expect(await known(compacted)).toEqual(await known(whole));
        },
      ),
      { numRuns: 6 },
    );
  });

  test("of all stacks changes no answer about findings, scores, receipts and history, and nothing of what is young", async () => {
    const [old, young] = [await newStack(t), await newStack(t)];
    for (const on of [old, young]) {
      await policyRun(on, { lines: ["rex !length prefix", "tom length prefix"] });
      await policyRun(on, { lines: ["rex !length prefix", "tom !length prefix"], dryRun: true });
    }
    await age(old);
    await t.upkeep();
    const [youngId, oldId] = [await updateOf(young), await updateOf(old)];
    const requests = [
      "GET /api/quillon/orgs/acme/findings/report",
      "GET /api/quillon/orgs/acme/compliance",
      "GET /api/quillon/orgs/acme/compliance/days",
      "GET /api/quillon/orgs/acme/receipts",
      "GET /api/quillon/orgs/acme/predictions",
      "POST /api/orgs/acme/policyresults/issues",
      "POST /api/orgs/acme/policyresults/policies",
      ...[old, young].flatMap((on) => [`GET ${on.path}/updates`, `GET ${on.path}/export`, `GET ${on.path}`]),
      `GET /api/quillon/orgs/acme/receipts/${oldId}`,
      `GET /api/quillon/orgs/acme/stacks/web/${old.name}/receipt-state`,
      `GET /api/quillon/orgs/acme/stacks/web/${young.name}/updates/${youngId}/results`,
      `GET ${young.path}/update/${youngId}/events`,
    ];
    const answers = async () => {
      const all = [];
      for (const request of requests)
        all.push([request, await t.send(request, request.startsWith("POST") ? {} : undefined)]);
      return all.map(([request, answer]) => [
        request,
        (answer as { status: number }).status,
        (answer as { body: unknown }).body,
      ]);
    };
    const before = await answers();
    expect(before.map(([, status]) => status)).toEqual(requests.map(() => 200));
    await t.compact();
    expect(await answers()).toEqual(before);
    expect((await t.send(`GET ${old.path}/update/${oldId}/events`)).body.events).toHaveLength(1);
  });

  test("two servers take turns, and one that died loses its turn", async () => {
    const first = compact({ db: t.db, log: t.app.log }, readSettings({}, {}));
    await first.next();
    const steps = async () => {
      let count = 0;
      for await (const _ of compact({ db: t.db, log: t.app.log }, readSettings({}, {}))) count += 1;
      return count;
    };
    expect(await steps()).toBe(0);
    await sql`update turns set until = now() - interval '1 second'`.execute(t.db);
    expect(await steps()).toBeGreaterThan(0);
    await first.return(undefined);
    expect(await t.db.selectFrom("turns").selectAll().execute()).toEqual([]);
  });
});
