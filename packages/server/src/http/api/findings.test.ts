import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { requirePack } from "../../testing/group.ts";
import { person, team } from "../../testing/people.ts";
import { policyRun } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const TRIAGE = "/api/quillon/orgs/acme/findings/triage";
const HEATMAP = "/api/quillon/orgs/acme/findings/heatmap";
const ISSUES = "/api/orgs/acme/policyresults/issues";
const later = "2999-01-01T00:00:00Z";
const ignored = { status: "ignored", reason: "A test.", expiresAt: later };
const policy = { name: "length", description: "d", enforcementLevel: "advisory", message: "m" };

interface Issue {
  id: string;
  resourceName: string;
  status: string;
  priority: string;
  reason?: string;
  assignedTo?: { githubLogin: string };
}

describe.each(engines)("findings at a time, on $name", (engine) => {
  let t: TestApp;
  let one: TestStack;
  let two: TestStack;
  let callers: Record<string, string>;
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await requirePack(t, "pets", [policy]);
    await requirePack(t, "cats", [policy]);
    [one, two] = [await newStack(t), await newStack(t)];
    for (const stack of [one, two])
      await policyRun(stack, { lines: ["a !length", "b !length", "c !length", "d !length"] });
    const ofBoth = { [`web/${one.name}`]: 102, [`web/${two.name}`]: 102 };
    callers = {
      admin: `token ${t.token}`,
      writer: await team(t, "writers", ofBoth),
      "reader of the second": await team(t, "readers", { ...ofBoth, [`web/${two.name}`]: 101 }),
      "writer of the first": await team(t, "firsts", { [`web/${one.name}`]: 102 }),
    };
  });
  afterAll(() => t.close());

  const triage = (ids: string[], body: object, as = `token ${t.token}`) =>
    t.send(`POST ${TRIAGE}`, { ids, ...body }, { as });
  async function issuesOf({ name }: TestStack): Promise<Issue[]> {
    const model = { colId: "entityId", filterType: "text", type: "equals", filter: name };
    const { body } = await t.send(`POST ${ISSUES}`, { filterModel: { type: "AND", conditions: [model] } });
    return body.policyIssues.toSorted((x: Issue, y: Issue) => x.resourceName.localeCompare(y.resourceName));
  }
  const said = (issues: Issue[]) =>
    issues.map(({ status, priority, reason, assignedTo }) => [status, priority, reason, assignedTo?.githubLogin]);

  test("many at once change as they do one after another, or not at all when one of them would be refused", async () => {
    const part = fc.subarray([0, 1, 2, 3], { minLength: 1 });
    const change = fc.oneof(
      fc.record({
        status: fc.constantFrom("open", "in_progress"),
        priority: fc.option(fc.constantFrom("p0", "p1", "p4"), { nil: undefined }),
      }),
      fc.record({ priority: fc.constantFrom("p0", "p2") }),
      fc.record({ assignedTo: fc.constantFrom("", "admin", "nobody-here") }),
      fc.constant(ignored),
      fc.constant({ status: "by_design" }),
      fc.constant({}),
    );
    const caller = fc.constantFrom("admin", "writer", "reader of the second", "writer of the first");
    let refused = 0;
    let changed = 0;
    const run = async (changes: [number[], number[], object, string][]) => {
      for (const stack of [one, two])
        await sql`update findings set status = 'open', reason = null, expires_at = null, priority = 'p3', assigned_to = null
          where stack_id = (select id from stacks where name = ${stack.name})`.execute(t.db);
      for (const [ofOne, ofTwo, body, who] of changes) {
        const [first, second] = [await issuesOf(one), await issuesOf(two)];
        const ids = [...ofOne.map((n) => first[n]?.id ?? ""), ...ofTwo.map((n) => second[n]?.id ?? "")];
        const before = said([...first, ...second]);
        const together = await triage(ids, body, callers[who]);
        const after = said([...(await issuesOf(one)), ...(await issuesOf(two))]);
        // The same again, each by itself.
        await restore([...first, ...second]);
        const alone = [];
        for (const id of ids)
          alone.push((await t.send(`PATCH ${ISSUES}/${id}`, body, { as: callers[who] ?? "" })).status);
        const expected = said([...(await issuesOf(one)), ...(await issuesOf(two))]);
        if (alone.every((status) => status === 200)) {
          expect(together).toMatchObject({ status: 200, body: { changed: ids.length } });
          expect(after).toEqual(expected);
          changed += 1;
        } else {
          expect(alone).toContain(together.status);
          expect(after).toEqual(before);
          refused += 1;
        }
      }
    };
    /** As they were before. */
    async function restore(issues: Issue[]) {
      for (const { id, status, priority, reason, assignedTo } of issues)
        await sql`update findings set status = ${status}, priority = ${priority}, reason = ${reason ?? null},
          expires_at = ${reason ? later : null}::timestamptz,
          assigned_to = (select id from users where login = ${assignedTo?.githubLogin ?? null}) where id = ${id}`.execute(
          t.db,
        );
    }
    const changes = fc.array(fc.tuple(part, part, change, caller), { minLength: 2, maxLength: 4 });
    await fc.assert(fc.asyncProperty(changes, run), { numRuns: 4, seed: 12 });
    expect(refused).toBeGreaterThan(1);
    expect(changed).toBeGreaterThan(1);
  });

  test("each has an event of its own in the audit log", async () => {
    const ids = (await issuesOf(one)).map(({ id }) => id);
    const count = async () =>
      (
        await sql<{ n: number }>`select count(*)::int as n from audit_log where event = 'Policy Issue Updated'`.execute(
          t.db,
        )
      ).rows[0]?.n ?? 0;
    const before = await count();
    await triage([...ids, ...ids], { priority: "p4" });
    expect((await count()) - before).toBe(4);
    const { body } = await t.send("GET /api/orgs/acme/auditlogs?eventFilter=Policy%20Issue%20Updated");
    expect(body.auditLogEvents[0].description).toBe(`Changed policy issue length of web/${one.name}`);
  });

  test.each<[string, string, object, () => [number, RegExp]]>([
    ["a member, that they may not ignore", "writer", ignored, () => [403, /role policy-manager/]],
    [
      "whose stack may not be changed",
      "reader of the second",
      { priority: "p0" },
      () => [403, new RegExp(`access to stack web/${two.name}\\.`)],
    ],
    ["which is not there", "writer of the first", { priority: "p0" }, () => [404, /^Policy issue \S+ does not exist/]],
    ["that fixed is not said by hand", "admin", { status: "fixed" }, () => [400, /can't be set to fixed/]],
    ["that nothing is said", "admin", {}, () => [400, /at least one of/]],
    ["who is no member", "admin", { assignedTo: "nobody" }, () => [400, /nobody is not a member/]],
  ])("the refusal says %s", async (_, who, body, refusal) => {
    const ids = [...(await issuesOf(one)), ...(await issuesOf(two))].map(({ id }) => id);
    const answer = await triage(ids, body, callers[who]);
    const [status, message] = refusal();
    expect([answer.status, answer.body.message]).toEqual([status, expect.stringMatching(message)]);
  });

  test("a refusal names what is ignored already, which only policy managers open again", async () => {
    const [first, second] = await issuesOf(one);
    await triage([first?.id ?? ""], ignored);
    const refused = await triage([second?.id ?? "", first?.id ?? ""], { status: "open" }, callers.writer);
    expect([refused.status, refused.body.message]).toEqual([
      403,
      expect.stringMatching(`policy issue ${first?.id} is ignored`),
    ]);
    expect((await triage([first?.id ?? ""], { status: "open" })).status).toBe(200);
  });

  test("a thousand are one request, and more are refused", async () => {
    const stack = await newStack(t);
    await policyRun(stack, { lines: Array.from({ length: 1001 }, (_, n) => `pet${n} !many`) });
    const { rows } = await sql<{ id: string }>`select id from findings where policy = 'many'`.execute(t.db);
    const ids = rows.map(({ id }) => id);
    expect((await triage(ids, { priority: "p0" })).status).toBe(400);
    expect((await triage(ids.slice(1), { priority: "p0" })).body).toEqual({ changed: 1000 });
    const { rows: left } = await sql`select from findings where policy = 'many' and priority <> 'p0'`.execute(t.db);
    expect(left).toHaveLength(1);
    await t.send(`DELETE ${stack.path}`);
  });
});

describe.each(engines)("open findings by stack and pack, on $name", (engine) => {
  let t: TestApp;
  let stacks: TestStack[];
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    for (const pack of ["pets", "cats"]) await requirePack(t, pack, [policy]);
    stacks = [await newStack(t), await newStack(t), await newStack(t)];
    const [many, worst, clean] = stacks as [TestStack, TestStack, TestStack];
    await policyRun(many, { lines: ["a !length", "b !length", "c !length"] });
    await policyRun(worst, { lines: ["a !length", "b !length"] });
    await policyRun(worst, { pack: "cats", lines: ["a !length"] });
    await policyRun(clean, { lines: ["a length"] });
    await sql`update findings set severity = 'high' where stack_id = (select id from stacks where name = ${many.name})`.execute(
      t.db,
    );
    await sql`update findings set severity = 'critical' where pack = 'cats'`.execute(t.db);
  });
  afterAll(() => t.close());
  const read = async (as = `token ${t.token}`) => (await t.send(`GET ${HEATMAP}`, undefined, { as })).body;

  test("the stack with the worst finding comes first, though others have more, and packs likewise", async () => {
    const [many, worst] = stacks;
    const pets = { policyPack: "pets", count: 2, severity: "", worst: 2 };
    const cats = { policyPack: "cats", count: 1, severity: "critical", worst: 1 };
    expect(await read()).toEqual({
      packs: ["cats", "pets"],
      stacks: [
        { project: "web", stack: worst?.name, count: 3, severity: "critical", worst: 1, packs: [cats, pets] },
        {
          ...{ project: "web", stack: many?.name, count: 3, severity: "high", worst: 3 },
          packs: [{ policyPack: "pets", count: 3, severity: "high", worst: 3 }],
        },
      ],
      stackCount: 2,
      packCount: 2,
    });
  });

  test("it has only the stacks that the caller may read", async () => {
    const reader = await team(t, "readers", { [`web/${stacks[0]?.name}`]: 101 });
    expect(await read(reader)).toMatchObject({ packs: ["pets"], stacks: [{ stack: stacks[0]?.name }], stackCount: 1 });
    expect(await read(await person(t, "outsider"))).toEqual({ packs: [], stacks: [], stackCount: 0, packCount: 0 });
  });

  test("what is ignored is not in it", async () => {
    const { rows } = await sql<{ id: string }>`select id from findings where pack = 'cats'`.execute(t.db);
    await t.send(`POST ${TRIAGE}`, { ids: [rows[0]?.id], ...ignored });
    expect(await read()).toMatchObject({ packs: ["pets"], stackCount: 2 });
  });

  test("there are fifty stacks in it, and twenty packs", async () => {
    await sql`insert into stacks (organization_id, project, name, tags, data_key)
      select id, 'many', 's' || n, '{}', '' from organizations, generate_series(1, 60) n where name = 'acme'`.execute(
      t.db,
    );
    await sql`insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message,
        first_seen_at, first_seen_tag, last_seen_at, modified_at)
      select organization_id, id, 'pack' || p, 'q', 'u', sha256('u'), '1', 'advisory', 'critical', '', now(), '1', now(), now()
      from stacks, generate_series(1, 25) p where project = 'many'`.execute(t.db);
    const { packs, stacks: shown, stackCount, packCount } = await read();
    expect([packs.length, shown.length, stackCount, packCount]).toEqual([20, 50, 62, 25]);
    expect(shown.every((one: { packs: unknown[]; count: number }) => one.packs.length === 20 && one.count === 25)).toBe(
      true,
    );
  });
});
