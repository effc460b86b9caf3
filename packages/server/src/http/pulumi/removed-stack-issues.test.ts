import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newestEvent, newManager, requirePack } from "../../testing/group.ts";
import { person, team } from "../../testing/people.ts";
import { policyRun } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const ISSUES = "/api/orgs/acme/policyresults/issues";

describe.each(engines)("findings of removed stacks on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets", [{ name: "length", description: "d", enforcementLevel: "advisory", message: "m" }]);
  });
  afterAll(() => t.close());

  async function violated(resources = ["rex"]) {
    const stack = await newStack(t);
    await policyRun(stack, { lines: resources.map((name) => `${name} !length`) });
    return stack;
  }
  const remove = ({ path }: TestStack) => t.send(`DELETE ${path}`);

  function list(stack: TestStack, { closed = true, as = `token ${t.token}`, what = "" } = {}) {
    const conditions = [{ colId: "entityId", filter: stack.name, filterType: "text", type: "equals" }];
    const body = { filterModel: { type: "AND", conditions }, sortModel: [{ colId: "policyName", sort: "asc" }] };
    return t.send(`POST ${ISSUES}${what}${closed ? "?closed=true" : ""}`, body, { as });
  }
  const issues = async (stack: TestStack, options = {}) => (await list(stack, options)).body.policyIssues;

  test("they are withdrawn because of the removal, and keep the names of their stack", async () => {
    const stack = await violated(["rex", "tom"]);
    await policyRun(stack, { lines: ["tom length"] });
    const [open] = await issues(stack, { closed: false });
    await t.send(`PATCH ${ISSUES}/${open.id}`, { status: "in_progress", priority: "p0", assignedTo: "admin" });
    expect((await remove(stack)).status).toBe(200);
    const removal = await t.db
      .selectFrom("audit_log")
      .where("event", "=", "Stack Removed")
      .orderBy("id", "desc")
      .select("id")
      .executeTakeFirstOrThrow();
    expect(await issues(stack, { closed: false })).toEqual([]);
    const { body } = await list(stack);
    expect(body.rowCount).toBe(2);
    const [rex, tom] = body.policyIssues.toSorted((a: { resourceName: string }, b: { resourceName: string }) =>
      a.resourceName.localeCompare(b.resourceName),
    );
    expect(rex).toMatchObject({
      id: open.id,
      entityProject: "web",
      entityId: stack.name,
      withdrawn: true,
      auditEventId: removal.id,
      stackRemoved: true,
      status: "ignored",
      priority: "p0",
      reopenCount: 0,
      resolvedAt: expect.any(String),
    });
    expect(tom).toMatchObject({ status: "fixed", stackRemoved: true });
    expect(tom).not.toHaveProperty("withdrawn");
    expect((await t.send(`GET ${ISSUES}/${open.id}`)).body.policyIssue).toEqual(rex);
    expect((await list(stack, { what: "/export" })).body).toContain(`,${stack.name},`);
    const counted = await t.send(`POST ${ISSUES}/filters?closed=true`, { field: "entityId" });
    expect(counted.body.values).toContainEqual({ name: stack.name, count: 2 });
  });

  test("a client of Pulumi's API is not told what that API does not have", async () => {
    const stack = await violated();
    await remove(stack);
    const body = { filterModel: { type: "AND", conditions: [] } };
    const headers = { authorization: `token ${t.token}`, accept: "application/vnd.pulumi+9" };
    const answer = await t.send(`POST ${ISSUES}?closed=true`, body, {
      headers: { ...headers, "content-type": "application/json" },
    });
    expect(answer.body.policyIssues[0]).not.toHaveProperty("stackRemoved");
  });

  test("a stack that is made again with the same name has findings of its own", async () => {
    const stack = await violated();
    const [before] = await issues(stack, { closed: false });
    await t.send(`PATCH ${ISSUES}/${before.id}`, { status: "in_progress", priority: "p1" });
    await remove(stack);
    await t.send("POST /api/stacks/acme/web", { stackName: stack.name });
    await policyRun(stack, { lines: ["rex !length"] });
    const [after] = await issues(stack, { closed: false });
    expect(after).toMatchObject({ status: "open", reopenCount: 0 });
    expect(after.id).not.toBe(before.id);
    expect(after.priority).not.toBe("p1");
    expect(after).not.toHaveProperty("stackRemoved");
    expect((await issues(stack)).map(({ id }: { id: string }) => id)).toEqual([before.id]);
    await policyRun(stack, { lines: ["rex length"] });
    expect((await issues(stack)).map(({ status }: { status: string }) => status).sort()).toEqual(["fixed", "ignored"]);
  });

  test("they can't be triaged, also by who has rights on a new stack of that name", async () => {
    const stack = await violated();
    const [{ id }] = await issues(stack, { closed: false });
    await remove(stack);
    await t.send("POST /api/stacks/acme/web", { stackName: stack.name });
    expect(await t.send(`PATCH ${ISSUES}/${id}`, { priority: "p0" })).toMatchObject({
      status: 400,
      body: { id: "finding_edit_refused", message: expect.stringContaining(`web/${stack.name} was removed`) },
    });
  });

  test("those who could read the stack when it was removed read them, and nobody else", async () => {
    const stack = await violated();
    const kept = await team(t, "kept", { [`web/${stack.name}`]: 101 });
    const other = await team(t, "other");
    const creator = await person(t, "creator");
    await sql`update stacks set created_by = (select id from users where login = 'creator')
      where name = ${stack.name}`.execute(t.db);
    const manager = await newManager(t);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    const counts = async () => {
      const all = { admin: `token ${t.token}`, kept, creator, other, manager };
      return Object.fromEntries(
        await Promise.all(Object.entries(all).map(async ([who, as]) => [who, (await issues(stack, { as })).length])),
      );
    };
    await remove(stack);
    expect(await counts()).toEqual({ admin: 1, kept: 1, creator: 1, other: 0, manager: 0 });
    await t.send("POST /api/stacks/acme/web", { stackName: stack.name });
    await t.send("PATCH /api/orgs/acme/teams/other", {
      addStackPermission: { projectName: "web", stackName: stack.name, permission: 103 },
    });
    expect(await counts()).toMatchObject({ other: 0 });
    await t.send("PATCH /api/orgs/acme/teams/kept", { memberAction: "remove", member: "kept-member" });
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "read" });
    expect(await counts()).toEqual({ admin: 1, kept: 1, creator: 1, other: 1, manager: 1 });
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    expect(await counts()).toMatchObject({ kept: 0 });
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "write" });
  });

  test("a removal that is refused changes nothing", async () => {
    const stack = await violated();
    await t.send(`POST ${stack.path}/import`, {
      version: 3,
      deployment: { resources: [{ urn: `urn:pulumi:${stack.name}::web::a:b:C::n`, type: "a:b:C" }] },
    });
    expect((await remove(stack)).status).toBe(400);
    expect(await newestEvent(t)).not.toMatchObject({ event: "Stack Removed" });
    expect((await issues(stack)).filter(({ withdrawn }: { withdrawn?: true }) => withdrawn)).toEqual([]);
  });

  test("of a stack with very many, the first are ended at once, the rest is not open, and the upkeep ends it", async () => {
    const stack = await violated();
    const [{ id }] = await issues(stack, { closed: false });
    await sql`insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message,
        first_seen_at, first_seen_tag, last_seen_at, modified_at)
      select organization_id, stack_id, pack, policy, urn || n, sha256(convert_to(urn || n, 'UTF8')), tag, level, severity,
        message, first_seen_at, first_seen_tag, last_seen_at, now()
      from findings, generate_series(1, 12000) n where id = ${id}`.execute(t.db);
    await remove(stack);
    const ended = async () => (await list(stack)).body.rowCount;
    expect(await ended()).toBe(10_000);
    expect(await issues(stack, { closed: false })).toEqual([]);
    // A change of the pack in between does not end them for its own reason.
    await edit(t, "default-policy-group", { removePolicyPack: { name: "pets" } });
    await edit(t, "default-policy-group", { addPolicyPack: { name: "pets", versionTag: "1.0.0" } });
    await t.upkeep();
    const { rows } = await sql`select ended, count(*)::int as count, count(distinct withdrawn_by)::int as events
      from findings where urn like ${`urn:pulumi:${stack.name}::%`} group by ended`.execute(t.db);
    expect(rows).toEqual([{ ended: "withdrawn", count: 12_001, events: 1 }]);
  });
});
