import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { age, EXCEPTIONS, wishFor } from "../../testing/exception.ts";
import { requirePack } from "../../testing/group.ts";
import { team } from "../../testing/people.ts";
import { OLDER, policyRun, urnOf } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const OVERVIEW = "GET /api/quillon/orgs/acme/exceptions";
const DAY = 24;
const policies = [{ name: "length", description: "d", enforcementLevel: "mandatory", message: "m" }];

interface Listed {
  id: string;
  lastNeededAt?: string;
}

describe.each(engines)("the overview of exceptions on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets", policies);
    await requirePack(t, "cars", policies);
  });
  afterAll(() => t.close());

  /** @returns its id. */
  async function except(on: TestStack[], more: object = {}): Promise<string> {
    const targets = on.map(({ name }) => urnOf(name, "rex"));
    const wish = { ...wishFor("pets", []), match: [{ policies: ["length"], targets }], ...more };
    return (await t.send(`POST ${EXCEPTIONS}`, wish)).body.id;
  }
  const list = async (query: string, as?: string): Promise<{ exceptions: Listed[]; continuationToken?: string }> =>
    (await t.send(`${OVERVIEW}?${query}`, undefined, as ? { as } : {})).body;
  const ids = async (query: string, as?: string) => (await list(query, as)).exceptions.map(({ id }) => id);
  const of = (on: TestStack) => `stack=web/${on.name}`;
  const excepted = (id: string, more: object = {}) => ({
    lines: ["rex ^length"],
    level: "mandatory",
    exceptions: [{ id, reason: "r" }],
    ...more,
  });
  const neededAt = async (on: TestStack, as?: string) => (await list(of(on), as)).exceptions[0]?.lastNeededAt;
  /** As if so many hours had gone by since everything. */
  async function wait(id: string, hours: number): Promise<void> {
    await age(t, id, hours);
    await sql`update policy_exception_stacks set last_needed_at = last_needed_at - make_interval(hours => ${hours})
      where exception_id = (select id from policy_exceptions where number = ${Number(id.slice(4))})`.execute(t.db);
  }

  test("it is by age, or by end with those without an end last, in pages", async () => {
    const on = await newStack(t);
    const endless = await except([on]);
    const late = await except([on], { expiresInSeconds: 20 * DAY * 3600 });
    const soon = await except([on], { expiresInSeconds: 2 * DAY * 3600 });
    const other = await except([on]);
    expect(await ids(of(on))).toEqual([other, soon, late, endless]);
    expect(await ids(`${of(on)}&order=oldest`)).toEqual([endless, late, soon, other]);
    expect(await ids(`${of(on)}&order=ending`)).toEqual([soon, late, endless, other]);
    expect(await ids(`${of(on)}&endingWithinHours=${20 * DAY}&order=ending`)).toEqual([soon, late]);
    expect(await ids(`${of(on)}&endingWithinHours=${7 * DAY}`)).toEqual([soon]);
  });

  test.each(["newest", "oldest", "ending"])("pages of it have everything once, %s", async (order) => {
    const on = await newStack(t);
    await sql`insert into policy_exceptions (organization_id, number, pack, policies, match, reason, digest, expires_at)
      select (select id from organizations where name = 'acme'), 100000 + n, 'pets', '{length}',
        ${JSON.stringify([{ policies: ["length"], targets: [urnOf(on.name, "rex")] }])}::json, 'r', '\\x00',
        case when n % 3 > 0 then now() + make_interval(days => 1 + n % 2) end
      from generate_series(1, 250) as n on conflict do nothing`.execute(t.db);
    await sql`insert into policy_exception_stacks (exception_id, organization_id, project, stack)
      select id, organization_id, 'web', ${on.name} from policy_exceptions where number > 100000`.execute(t.db);
    const found: string[] = [];
    let next = "";
    do {
      const page = await list(`${of(on)}&order=${order}${next && `&continuationToken=${next}`}`);
      found.push(...page.exceptions.map(({ id }) => id));
      next = page.continuationToken ?? "";
    } while (next);
    expect(found).toHaveLength(250);
    expect(new Set(found).size).toBe(250);
  });

  test.each([
    ["an update", {}],
    ["a preview", { dryRun: true }],
    ["an update that failed for another reason", { status: "failed" }],
  ])("%s in which one lets something through needs it", async (_, run) => {
    const on = await newStack(t);
    const id = await except([on]);
    await policyRun(on, { lines: ["rex length"] });
    expect(await neededAt(on)).toBeUndefined();
    await policyRun(on, excepted(id, run));
    expect(Date.parse((await neededAt(on)) ?? "")).toBeGreaterThan(Date.now() - 600_000);
  });

  test("an update of an older CLI, in which the pack applies it, needs it, too", async () => {
    const on = await newStack(t);
    await except([on]);
    await policyRun(on, { lines: ["rex !length"], client: OLDER });
    expect(await neededAt(on)).toBeDefined();
  });

  test("what a client names without being told of it, or for another pack, needs nothing", async () => {
    const [on, other] = [await newStack(t), await newStack(t)];
    const removed = await except([other]);
    await t.send(`DELETE ${EXCEPTIONS}/${removed}`);
    await policyRun(other, excepted(removed));
    await policyRun(on, excepted(await except([on]), { pack: "cars" }));
    for (const one of [on, other]) {
      const { exceptions } = await list(`${of(one)}&status=active&status=removed`);
      expect(exceptions.map(({ lastNeededAt }) => lastNeededAt)).toEqual([undefined]);
    }
  });

  test("one that no run needed for 30 days, and that is as old, is unused, whatever was removed with age since", async () => {
    const on = await newStack(t);
    const unused = `${of(on)}&unusedForHours=${30 * DAY}`;
    const match = [{ policies: ["length"], targets: [urnOf(on.name, "tom")] }];
    const [used, never] = [await except([on]), await except([on], { match })];
    await policyRun(on, excepted(used));
    await wait(never, 30 * DAY - 1);
    await wait(used, 30 * DAY - 1);
    expect(await ids(unused)).toEqual([]);
    await wait(never, 2);
    expect(await ids(unused)).toEqual([never]);
    await wait(used, 2);
    expect(await ids(unused)).toEqual([never, used]);
    await policyRun(on, excepted(used, { dryRun: true }));
    expect(await ids(unused)).toEqual([never]);
    await sql`delete from policy_reports`.execute(t.db);
    await t.upkeep();
    expect(await ids(unused)).toEqual([never]);
  });

  test("who may read only one of its stacks is told only of the runs of that one", async () => {
    const [open, hidden] = [await newStack(t), await newStack(t)];
    const id = await except([open, hidden]);
    await policyRun(hidden, excepted(id));
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    const member = await team(t, "overseers", { [`web/${open.name}`]: 101 });
    expect(await neededAt(open, member)).toBeUndefined();
    expect(await neededAt(open)).toBeDefined();
    await wait(id, 31 * DAY);
    await policyRun(hidden, excepted(id));
    expect(await ids(`unusedForHours=${30 * DAY}`, member)).toEqual([id]);
    await policyRun(open, excepted(id));
    expect(await ids(`unusedForHours=${30 * DAY}`, member)).toEqual([]);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "write" });
  });

  test.each(["order=best", "endingWithinHours=0", "unusedForHours=1.5", "unusedForHours=90000", "continuationToken=x"])(
    "%s is refused",
    async (query) => {
      expect((await t.send(`${OVERVIEW}?${query}`)).status).toBe(400);
    },
  );
});
