import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newestEvent, newManager, newVersion } from "../../testing/group.ts";
import { person, team } from "../../testing/people.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const ISSUES = "/api/orgs/acme/policyresults/issues";
const FINDINGS = "/api/orgs/acme/policy/findings";

interface Violation {
  resource: string;
  policy?: string;
  severity?: string;
  level?: string;
  message?: string;
}

describe.each(engines)("policy issues on $name", (engine) => {
  let t: TestApp;
  let one: TestStack;
  let two: TestStack;
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await newVersion(t, "pets", "1.0.0", [
      {
        name: "length",
        displayName: "Length",
        description: "Short names.",
        enforcementLevel: "advisory",
        message: "m",
      },
    ] as never);
    await edit(t, "default-policy-group", { addPolicyPack: { name: "pets", versionTag: "1.0.0" } });
    [one, two] = [await newStack(t), await newStack(t)];
    await up(one, [
      { resource: "rex", severity: "high" },
      { resource: "tom", severity: "low", policy: "prefix", message: "=1+1" },
    ]);
    await up(two, [{ resource: "kim", severity: "critical" }]);
  });
  afterAll(() => t.close());

  /** A real run in which these are violated, and `fixed` resources pass. */
  async function up(on: TestStack, violations: Violation[], fixed: string[] = []) {
    const update = await on.run();
    const name = on.name;
    const ofPack = { policyPackName: "pets", policyPackVersion: "1.0.0", policyPackVersionTag: "1.0.0" };
    const urnOf = (resource: string) => `urn:pulumi:${name}::web::my:a:A$random:index/pet:Pet::${resource}`;
    const step = (resource: string) => ({ resOutputsEvent: { metadata: { op: "same", urn: urnOf(resource) } } });
    const events = [
      ...violations.flatMap(({ resource, policy = "length", severity = "", level = "advisory", message = "bad" }) => [
        {
          policyEvent: {
            ...ofPack,
            resourceUrn: urnOf(resource),
            policyName: policy,
            severity,
            message,
            enforcementLevel: level,
          },
        },
        { policyAnalyzeSummaryEvent: { ...ofPack, resourceUrn: urnOf(resource), passed: [], failed: [policy] } },
        step(resource),
      ]),
      ...fixed.flatMap((resource) => [
        { policyAnalyzeSummaryEvent: { ...ofPack, resourceUrn: urnOf(resource), passed: ["length"], failed: [] } },
        step(resource),
      ]),
    ];
    await update.events(events.map((event, sequence) => ({ sequence, timestamp: 0, ...event })));
    await update.complete();
  }

  const list = (body: object = {}, { path = ISSUES, query = "", as = `token ${t.token}` } = {}) =>
    t.send(`POST ${path}${query}`, body, { as });
  const names = (body: { policyIssues: { resourceName: string }[] }) => body.policyIssues.map((i) => i.resourceName);
  const equals = (colId: string, filter: string) => ({ colId, filter, filterType: "text", type: "equals" });
  const where = (...conditions: object[]) => ({ filterModel: { type: "AND", conditions } });
  const idOf = async (resource: string) =>
    (await list()).body.policyIssues.find((i: { resourceName: string }) => i.resourceName === resource).id as string;
  const later = () => new Date(Date.now() + 86_400_000).toISOString();

  test("an issue has what its stack, resource and policy are", async () => {
    const { body } = await t.send(`GET ${ISSUES}/${await idOf("rex")}`);
    expect(body.policyIssue).toMatchObject({
      entityType: "stack",
      entityProject: "web",
      entityId: one.name,
      stackVersion: 1,
      policyPack: "pets",
      policyPackTag: "1.0.0",
      policyName: "length",
      policyGroupName: "default-policy-group",
      resourceType: "random:index/pet:Pet",
      resourceName: "rex",
      resourceProvider: "random",
      severity: "high",
      level: "advisory",
      status: "open",
      priority: "p1",
      reopenCount: 0,
    });
    expect(body.policy).toMatchObject({ name: "length", description: "Short names." });
  });

  test.each([ISSUES, FINDINGS])("the lists at %s are filtered, sorted and paged", async (path) => {
    const bySeverity = { sortModel: [{ colId: "severity", sort: "desc" }] };
    expect(names((await list({ ...bySeverity, filterModel: null, rowGroupCols: null }, { path })).body)).toEqual([
      "kim",
      "rex",
      "tom",
    ]);
    const paged = await list({ ...bySeverity, startRow: 1, endRow: 2 }, { path });
    expect([names(paged.body), paged.body.rowCount]).toEqual([["rex"], 3]);
    const both = where({
      filterType: "join",
      type: "OR",
      conditions: [equals("severity", "low"), equals("severity", "high")],
    });
    expect(names((await list({ ...bySeverity, ...both }, { path })).body)).toEqual(["rex", "tom"]);
    const none = where(equals("resourceType", "random:index/pet:Pet"), equals("policyPack", "other"));
    expect((await list(none, { path })).body).toEqual({ policyIssues: [], groupData: [], rowCount: 0 });
    expect((await list(where(equals("colour", "red")), { path })).body.message).toMatch("Known are severity");
  });

  test.each([
    "severity",
    "priority",
    "status",
    "policyPack",
    "policyName",
    "policyGroupName",
    "entityType",
    "entityProject",
    "entityId",
    "stack",
    "resourceType",
    "resourceURN",
    "assignedTo",
  ])("the values of %s can be counted", async (field) => {
    for (const query of ["", "?recent=new"]) {
      const { status, body } = await t.send(`POST ${ISSUES}/filters${query}`, { field });
      expect(status).toBe(200);
      const counts = body.values.map(({ count }: { count: number }) => count);
      expect(counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(3);
    }
  });

  test("a stack is its project and its name, in the list and in what is counted", async () => {
    const stack = `web/${one.name}`;
    const { values } = (await t.send(`POST ${ISSUES}/filters`, { field: "stack" })).body;
    expect(values).toContainEqual({ name: stack, count: 2 });
    expect(names((await list(where(equals("stack", stack)))).body).sort()).toEqual(["rex", "tom"]);
    const groups = await t.send(`POST ${ISSUES}/filters`, {
      field: "policyGroupName",
      ...where(equals("stack", stack)),
    });
    expect(groups.body.values).toEqual([{ name: "default-policy-group", count: 2 }]);
    const counted = await t.send(`POST ${ISSUES}/filters`, { field: "resourceType", ...where(equals("stack", stack)) });
    expect(counted.body.values).toEqual([{ name: "random:index/pet:Pet", count: 2 }]);
    expect((await list(where(equals("stack", one.name)))).body.policyIssues).toEqual([]);
  });

  test("whoever may not read a stack sees nothing of it", async () => {
    const name = one.name;
    const outsider = await person(t, "outsider");
    const reader = await team(t, "readers", { [`web/${name}`]: 101 });
    const hidden = await idOf("kim");
    expect((await list({}, { as: outsider })).body).toMatchObject({ policyIssues: [], rowCount: 0 });
    expect(names((await list({}, { as: reader })).body).sort()).toEqual(["rex", "tom"]);
    const values = await t.send(`POST ${ISSUES}/filters`, { field: "severity" }, { as: outsider });
    expect(values.body.values).toEqual([]);
    const csv = await t.send(`POST ${ISSUES}/export`, {}, { as: reader });
    expect(csv.body).not.toMatch("kim");
    expect((await t.send(`GET ${ISSUES}/${hidden}`, undefined, { as: reader })).status).toBe(404);
    expect((await t.send(`PATCH ${ISSUES}/${hidden}`, { priority: "p0" }, { as: reader })).status).toBe(404);
    const own = await t.send(`PATCH ${ISSUES}/${await idOf("rex")}`, { priority: "p0" }, { as: reader });
    expect([own.status, own.body.message]).toEqual([403, expect.stringMatching("write access to the stack")]);
  });

  test("another organization has none of the issues", async () => {
    await t.send("POST /api/quillon/orgs", { name: "other" });
    const id = await idOf("rex");
    expect((await t.send(`GET /api/orgs/other/policyresults/issues/${id}`)).status).toBe(404);
    expect((await t.send(`PATCH /api/orgs/other/policy/findings/${id}`, { priority: "p0" })).status).toBe(404);
    expect((await t.send("POST /api/orgs/other/policyresults/issues", {})).body.rowCount ?? 0).toBe(0);
  });

  test("an export has no formulas", async () => {
    const { body, headers } = await t.send(`POST ${ISSUES}/export`, { rowGroupCols: null });
    expect(headers["content-type"]).toMatch("text/csv");
    const lines = body.split("\r\n");
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^id,status,priority/);
    expect(body).toMatch(",'=1+1,");
  });

  test("status, priority and assignee change, with an event in the audit log", async () => {
    const id = await idOf("tom");
    await person(t, "carla");
    const { status, body } = await t.send(`PATCH ${ISSUES}/${id}`, {
      status: "in_progress",
      priority: "p1",
      assignedTo: "carla",
    });
    expect(status).toBe(200);
    expect(body.policyIssue).toMatchObject({
      status: "in_progress",
      priority: "p1",
      assignedTo: { githubLogin: "carla" },
    });
    expect(await newestEvent(t)).toMatchObject({
      event: "Policy Issue Updated",
      before: { status: "open", priority: "p3", assignedTo: "" },
      after: { status: "in_progress", priority: "p1", assignedTo: "carla" },
    });
    const of = (login: string) => equals("assignedTo", login);
    expect(names((await list(where(of("carla")))).body)).toEqual(["tom"]);
    expect((await list(where(of("nobody's login")))).body.rowCount).toBe(0);
    expect(names((await list(where(of("")))).body)).not.toContain("tom");
    const either = { filterModel: { type: "OR", conditions: [of(""), of("carla")] } };
    expect((await list(either)).body.rowCount).toBe((await list()).body.rowCount);
    const cleared = await t.send(`PATCH ${FINDINGS}/${id}`, { assignedTo: "" });
    expect(cleared.body.policyIssue).not.toHaveProperty("assignedTo");
  });

  test("a comment is kept with who made it and when, until another takes its place", async () => {
    const on = await newStack(t);
    await up(on, [{ resource: "moe" }]);
    const id = await idOf("moe");
    const writer = await team(t, "commenters", { [`web/${on.name}`]: 102 });
    const started = Date.now() - 1000;
    const said = await t.send(`PATCH ${ISSUES}/${id}`, { comment: " See the plan.\n" }, { as: writer });
    const { comment, status } = said.body.policyIssue;
    expect({ comment, status }).toMatchObject({ comment: { text: "See the plan." }, status: "open" });
    expect(Date.parse(comment.at)).toBeGreaterThan(started);
    expect(comment.by).toMatchObject({ githubLogin: "commenters-member" });
    expect(await newestEvent(t)).toMatchObject({
      event: "Policy Issue Updated",
      before: { status: "open", priority: "p3", assignedTo: "" },
      after: { status: "open", priority: "p3", assignedTo: "", comment: "See the plan." },
    });
    await t.send(`PATCH ${ISSUES}/${id}`, { status: "ignored", reason: "r", expiresAt: later(), comment: "=1+1" });
    const own = await t.send(`PATCH ${FINDINGS}/${id}`, { priority: "p2" });
    expect(own.body.policyIssue.comment).toMatchObject({ text: "=1+1", by: { githubLogin: "admin" } });
    expect((await t.send(`POST ${ISSUES}/export`, {})).body).toMatch(
      /,comment,exceptions,reason\r\n(.*\r\n)*.*,moe,.*,'=1\+1,,r\r\n/,
    );
    await up(on, [{ resource: "moe" }]);
    const listed = (await list()).body.policyIssues.find((one: { id: string }) => one.id === id);
    expect(listed.comment.text).toBe("=1+1");
    const cleared = await t.send(`PATCH ${ISSUES}/${id}`, { comment: " " });
    expect(cleared.body.policyIssue).not.toHaveProperty("comment");
    expect(cleared.body.policyIssue.status).toBe("ignored");
  });

  test("a comment is of who may write the stack, and of policy managers who may read it", async () => {
    const on = await newStack(t);
    await up(on, [{ resource: "ned" }]);
    const path = `${ISSUES}/${await idOf("ned")}`;
    const reader = await team(t, "silent", { [`web/${on.name}`]: 101 });
    const refused = await t.send(`PATCH ${path}`, { comment: "c" }, { as: reader });
    expect([refused.status, refused.body.message]).toEqual([403, expect.stringMatching("write access to the stack")]);
    const manager = await person(t, "mara", "policy-manager");
    await t.send("PATCH /api/orgs/acme/teams/silent", { memberAction: "add", member: "mara" });
    expect((await t.send(`PATCH ${path}`, { priority: "p0", comment: "c" }, { as: manager })).status).toBe(403);
    const said = await t.send(`PATCH ${path}`, { comment: "c" }, { as: manager });
    expect(said.body.policyIssue?.comment.by.githubLogin).toBe("mara");
  });

  test("a client of Pulumi's API gets no comment", async () => {
    const on = await newStack(t);
    await up(on, [{ resource: "pim" }]);
    const path = `${ISSUES}/${await idOf("pim")}`;
    await t.send(`PATCH ${path}`, { comment: "c" });
    const headers = { authorization: `token ${t.token}`, accept: "application/vnd.pulumi+9" };
    const shown = await t.send(`GET ${path}`, undefined, { headers });
    expect(shown.body.policyIssue).not.toHaveProperty("comment");
  });

  test.each([
    [{ status: "fixed" }, /can't be set to fixed by hand/],
    [{ status: "ignored" }, /needs a reason and an expiresAt/],
    [{ status: "by_design", reason: " ", expiresAt: "2999-01-01T00:00:00Z" }, /needs a reason\./],
    [{ status: "ignored", reason: "r", expiresAt: "2001-01-01T00:00:00Z" }, /not a time in the future/],
    [{ status: "ignored", reason: "r", expiresAt: "soon" }, /not a time in the future/],
    [{ status: "open", reason: "r" }, /belong to the status/],
    [{ assignedTo: "nobody" }, /nobody is not a member of acme/],
    [{}, /at least one of/],
    [{ comment: "c".repeat(2001) }, /comment.*2000/],
    [{ comment: "a\u0000b" }, /can't be stored/],
    [{ status: "fixed", comment: "c" }, /can't be set to fixed by hand/],
    [{ prioritty: "p1" }, /Did you mean priority/],
  ])("the edit %j is refused, and changes nothing", async (body, message) => {
    const id = await idOf("rex");
    const before = await t.send(`GET ${ISSUES}/${id}`);
    const { status, body: answer } = await t.send(`PATCH ${ISSUES}/${id}`, body);
    expect([status, answer.message]).toEqual([400, expect.stringMatching(message)]);
    expect((await t.send(`GET ${ISSUES}/${id}`)).body).toEqual(before.body);
  });

  test("only a policy manager ignores an issue", async () => {
    const on = await newStack(t);
    await up(on, [{ resource: "ann" }]);
    const id = await idOf("ann");
    const writer = await team(t, "writers", { [`web/${on.name}`]: 102 });
    const manager = await newManager(t);
    const ignore = { status: "ignored", reason: "It is a test.", expiresAt: later() };
    const refused = await t.send(`PATCH ${ISSUES}/${id}`, ignore, { as: writer });
    expect([refused.status, refused.body.message]).toEqual([403, expect.stringMatching("policy-manager")]);
    expect((await t.send(`PATCH ${ISSUES}/${id}`, ignore, { as: manager })).status).toBe(404);
    const done = await t.send(`PATCH ${ISSUES}/${id}`, ignore);
    expect(done.body.policyIssue).toMatchObject({ status: "ignored", reason: "It is a test." });
    const taken = await t.send(`PATCH ${ISSUES}/${id}`, { status: "open" }, { as: writer });
    expect(taken.status).toBe(403);
  });

  test.each<[string, Violation, string]>([
    ["the same violation", { resource: "a", severity: "low" }, "by_design"],
    ["a lower severity", { resource: "b" }, "by_design"],
    ["a higher severity", { resource: "c", severity: "high" }, "open"],
    ["a higher level", { resource: "d", severity: "low", level: "mandatory" }, "open"],
  ])("%s leaves an excused issue %s", async (_, violation, status) => {
    const on = await newStack(t);
    await up(on, [{ resource: violation.resource, severity: "low" }]);
    const id = await idOf(violation.resource);
    await t.send(`PATCH ${ISSUES}/${id}`, { status: "by_design", reason: "r", expiresAt: later() });
    await up(on, [violation]);
    const { body } = await t.send(`GET ${ISSUES}/${id}`);
    expect(body.policyIssue.status).toBe(status);
    expect("reason" in body.policyIssue).toBe(status !== "open");
  });

  test("an excuse that has expired opens the issue", async () => {
    const on = await newStack(t);
    await up(on, [{ resource: "eve" }]);
    const id = await idOf("eve");
    await t.send(`PATCH ${ISSUES}/${id}`, { status: "ignored", reason: "r", expiresAt: later() });
    await t.db
      .updateTable("findings")
      .set({ expires_at: new Date(0) })
      .where("id", "=", id)
      .execute();
    await t.upkeep();
    expect((await t.send(`GET ${ISSUES}/${id}`)).body.policyIssue.status).toBe("open");
    const { body } = await t.send("GET /api/orgs/acme/auditlogs?eventFilter=Policy%20Issue%20Updated");
    const event = body.auditLogEvents[0];
    expect(event).toMatchObject({
      description: `Opened policy issue length of web/${on.name} again, because it was ignored only until now`,
      user: { githubLogin: "server" },
    });
    await t.upkeep();
    const again = await t.send("GET /api/orgs/acme/auditlogs?eventFilter=Policy%20Issue%20Updated");
    expect(again.body.auditLogEvents[0]).toEqual(event);
  });

  test("the query closed lists only issues that ended", async () => {
    const on = await newStack(t);
    await up(on, [{ resource: "fay" }]);
    const id = await idOf("fay");
    await up(on, [], ["fay"]);
    expect(names((await list({})).body)).not.toContain("fay");
    expect(names((await list({}, { query: "?closed=true" })).body)).toEqual(["fay"]);
    const { body } = await t.send(`GET ${ISSUES}/${id}`);
    expect(body.policyIssue).toMatchObject({ status: "fixed", resolvedAt: expect.any(String) });
  });

  test("many excuses that expire at the same time are all opened, each with its event", async () => {
    const on = await newStack(t);
    await up(
      on,
      Array.from({ length: 1001 }, (_, n) => ({ resource: `ox${n}` })),
    );
    await sql`update findings set status = 'ignored', reason = 'r', expires_at = '2020-01-01'
      where stack_id = (select id from stacks where name = ${on.name})`.execute(t.db);
    const events = async () =>
      (await sql<{ n: number }>`select count(*)::int as n from audit_log where login = 'server'`.execute(t.db)).rows[0]
        ?.n ?? 0;
    const before = await events();
    await t.upkeep();
    expect((await events()) - before).toBe(1001);
  });

  test("the severity gives the priority, until somebody sets another one", async () => {
    const on = await newStack(t);
    const severities = ["critical", "high", "medium", "low", ""];
    await up(
      on,
      severities.map((severity) => ({ resource: `owl-${severity}`, severity })),
    );
    const priorityOf = async (resource: string) =>
      (await t.send(`GET ${ISSUES}/${await idOf(resource)}`)).body.policyIssue.priority;
    const priorities = () => Promise.all(severities.map((severity) => priorityOf(`owl-${severity}`)));
    expect(await priorities()).toEqual(["p0", "p1", "p2", "p3", "p3"]);
    await t.send(`PATCH ${ISSUES}/${await idOf("owl-low")}`, { priority: "p4" });
    await t.send(`PATCH ${ISSUES}/${await idOf("owl-medium")}`, { status: "in_progress" });
    await up(
      on,
      severities.map((severity) => ({ resource: `owl-${severity}`, severity: "critical" })),
    );
    expect(await priorities()).toEqual(["p0", "p0", "p0", "p4", "p0"]);
  });
});
