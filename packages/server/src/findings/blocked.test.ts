import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack } from "../testing/stack.ts";
import { readBlocked } from "./overview-queries.ts";
import { countBlocked } from "./prediction-queries.ts";

const ENDED = "00000000-0000-4000-8000-000000000001";
const OTHER = "00000000-0000-4000-8000-000000000002";
const of = (...ids: string[]) => ids.map((id) => ({ id, reason: "why" }));

/** What is predicted of each stack: the level, and the exceptions of which the preview was told. */
const predicted: { level: string; exceptions?: ReturnType<typeof of> }[][] = [
  [{ level: "mandatory" }, { level: "mandatory" }],
  [],
  [{ level: "advisory" }, { level: "mandatory", exceptions: of(ENDED) }],
  [{ level: "mandatory", exceptions: of(ENDED, OTHER) }],
  [{ level: "mandatory" }, { level: "mandatory", exceptions: of(ENDED) }, { level: "advisory" }],
  [{ level: "advisory" }],
  [{ level: "mandatory" }],
];

describe.each(engines)("what stops updates on $name", (engine) => {
  let t: TestApp;
  let ids: string[];
  let caller: Parameters<typeof readBlocked>[1];
  beforeAll(async () => {
    t = await startApp(engine);
    for (const _ of predicted) await newStack(t);
    const { rows } = await sql<{ id: string; organizationId: string; userId: string }>`
      select stacks.id, organization_id as "organizationId", users.id as "userId" from stacks, users
      where login = 'admin' order by project, stacks.name`.execute(t.db);
    ids = rows.map(({ id }) => id);
    const [{ organizationId, userId } = { organizationId: "", userId: "" }] = rows;
    caller = { organizationId, actor: { userId } as typeof caller.actor };
    for (const [stack, ofStack] of predicted.entries())
      for (const [n, { level, exceptions = null }] of ofStack.entries())
        await sql`
          insert into predictions (stack_id, source, pack, policy, urn, urn_digest, tag, level, severity, message, first_seen_at,
            last_seen_at, update_id, exceptions)
          values (${ids[stack]}, 'branch:main', 'pets', 'length', ${`urn${n}`}, sha256(${String(n)}::bytea), '1.0.0', ${level}, 'high',
            'm', now(), now(), ${OTHER}, ${exceptions && JSON.stringify(exceptions)}::jsonb)`.execute(t.db);
  });
  afterAll(() => t.close());

  test.each([
    { name: "while exceptions are in effect", ended: [], stacks: [0, 4, 6], violations: [2, 1, 1] },
    { name: "when one has ended", ended: [ENDED], stacks: [0, 2, 4, 6], violations: [2, 1, 2, 1] },
    { name: "when both have", ended: [ENDED, OTHER], stacks: [0, 2, 3, 4, 6], violations: [2, 1, 1, 2, 1] },
  ])("is found of every stack $name", async ({ ended, stacks, violations }) => {
    const { runs, ...blocked } = await readBlocked(t.db, caller, ended);
    const total = violations.reduce((sum, count) => sum + count, 0);
    expect(blocked).toEqual({ violations: total, stacks: stacks.length });
    expect(runs.map((run) => run.violations).sort()).toEqual([...violations].sort());
    const counted = await countBlocked(t.db, { stackIds: ids, ended });
    const counts = new Map(counted.map(({ stackId, count }) => [stackId, count]));
    expect(stacks.map((n) => counts.get(ids[n] ?? ""))).toEqual(violations);
    expect(counts.size).toBe(stacks.length);
  });
});
